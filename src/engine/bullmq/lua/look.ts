/**
 * Reads where jobs stand, and whether anything in Redis waits for somebody to take care of it. Changes nothing.
 *
 * `ARGV` names jobs, each with the epoch that is known of it: its recurrence is only told when that is another.
 */
export const look = `
local answers = {}

local function needs_mending(job)
  local oldest = redis.call('ZRANGE', place('planned', job), 0, 0, 'WITHSCORES')[2]
  local lease = redis.call('ZRANGE', place('running', job), 0, 0, 'WITHSCORES')[2]
  if lease and tonumber(lease) < now - 30000 or oldest and tonumber(oldest) < now - 300000 then return true end
  return redis.call('EXISTS', place('waiting', job)) == 1 and not is_live(job)
end

for i = 1, #ARGV, 2 do
  local job = ARGV[i]
  local row = redis.call('HMGET', place('job', job), 'rev', 'epoch', 'anchor', 'cursor', 'paused', 'failures', 'served',
    'ended', 'zone', 'recurrence', 'version', 'name', 'said')
  if not row[1] then
    answers[#answers + 1] = {}
  else
    if row[2] == ARGV[i + 1] then row[10] = '' end
    local busy = is_busy(job)
    row[14] = busy and '1' or '0'
    row[15] = busy and needs_mending(job) and '1' or '0'
    answers[#answers + 1] = row
  end
end
return { whole(now), redis.call('GET', base .. ':birth') or '', redis.call('HLEN', base .. ':outbox'), answers }
`;

/** Reads what BullMQ has not been given yet: some of it. */
export const outbox = `
return { whole(now), redis.call('HRANDFIELD', base .. ':outbox', 500, 'WITHVALUES') }
`;

/** BullMQ has been given these. */
export const sent = `
redis.call('HDEL', base .. ':outbox', unpack(ARGV))
return 1
`;

/** Reads the last decisions on a job, the oldest first. */
export const history = `
local job, most = ARGV[1], tonumber(ARGV[2])
local ids = redis.call('ZRANGE', place('history', job), -most, -1)
if #ids == 0 then return {} end
return redis.call('HMGET', place('decisions', job), unpack(ids))
`;

/** Reads the decisions on all jobs since one, and which was the last. */
export const news = `
local last = ARGV[1]
local found = last == '' and redis.call('XREVRANGE', base .. ':log', '+', '-', 'COUNT', 1)
  or redis.call('XRANGE', base .. ':log', '(' .. last, '+', 'COUNT', 1000)
local answer = {}
for _, entry in ipairs(found) do
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = entry[2][2] or ''
  answer[#answer + 1] = entry[2][4] or ''
end
return answer
`;

/** Reads the jobs that are known. */
export const known = `
return redis.call('SMEMBERS', base .. ':jobs')
`;
