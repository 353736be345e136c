/**
 * What all scripts begin with. A script runs as a whole or not at all, and nothing else happens in Redis meanwhile; its time is that of Redis.
 *
 * All keys begin with `onthedot:{queue}`, which is `KEYS[1]`:
 *
 * - `job:<key>` what was said, and where the job stands · `jobs` the keys of all
 * - `planned:<key>` occurrences that are to start, by when · `outbox` those of them that BullMQ has not been given yet
 * - `running:<key>` by when a run must have been heard of · `runs:<key>` who runs what · `waiting:<key>` for a run to end
 * - `decisions:<key>` what became of each occurrence · `history:<key>` their order · `log` the latest of all jobs
 * - `machines` by when each must have been heard of · `birth` of this Redis's memory · `generation` how often the script began anew
 */
export const shared = `
local base = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most_decisions, most_logged, reserve = 1000, 10000, 30000

local function whole(number) return string.format('%.0f', number) end
local function place(kind, job) return base .. ':' .. kind .. ':' .. job end
local function read(job, field) return redis.call('HGET', place('job', job), field) end
local function write(job, ...) redis.call('HSET', place('job', job), ...) end
local function instant(id) return tonumber(string.match(id, '@(%-?%d+)%.')) end
local function tell(job) redis.call('PUBLISH', base .. ':control', cjson.encode({ changed = job })) end

local function passed(id, outcome)
  return string.format('{"scheduled":%.0f,"outcome":"%s","attempts":0}', instant(id), outcome)
end

local function cut_off(id, run)
  local text = '{"scheduled":%.0f,"outcome":"interrupted","started":%.0f,"attempts":%d}'
  return string.format(text, instant(id), tonumber(run.started or instant(id)), run.attempts)
end

local function decide(job, id, text)
  local decisions, history = place('decisions', job), place('history', job)
  if redis.call('HSETNX', decisions, id, text) == 0 then return end
  redis.call('ZADD', history, whole(instant(id)), id)
  redis.call('XADD', base .. ':log', 'MAXLEN', '~', most_logged, '*', 'job', job, 'decision', text)
  local over = redis.call('ZCARD', history) - most_decisions
  if over <= 0 then return end
  for _, old in ipairs(redis.call('ZRANGE', history, 0, over - 1)) do
    redis.call('HDEL', decisions, old)
    redis.call('ZREM', history, old)
  end
end

local function is_live(job)
  return redis.call('ZCOUNT', place('running', job), '(' .. whole(now), '+inf') > 0
end

-- Whether the next run has been called and nobody has begun it yet.
local function has_reserved(job)
  for _, text in ipairs(redis.call('HVALS', place('runs', job))) do
    if cjson.decode(text).owner == '' then return true end
  end
  return false
end

local function is_busy(job)
  return redis.call('EXISTS', place('planned', job), place('running', job), place('waiting', job)) > 0
end

-- A job that is counted from the ends of its runs begins to count when nothing of it is left to be done.
local function rest(job)
  if read(job, 'spaced') ~= '1' or is_busy(job) then return end
  write(job, 'anchor', whole(now), 'cursor', '')
  redis.call('HINCRBY', place('job', job), 'rev', 1)
end

-- Puts a run into the outbox, under a name of its own when BullMQ may know the occurrence already.
local function send(job, id, start, again)
  local parcel = id
  if again then parcel = id .. '~' .. redis.call('HINCRBY', place('job', job), 'sent', 1) end
  redis.call('HSET', base .. ':outbox', parcel, cjson.encode({ job = job, id = id, start = whole(start) }))
end

-- The run that has waited longest is next: its place is kept until somebody starts it.
local function promote(job)
  if is_live(job) then return end
  local first = redis.call('ZPOPMIN', place('waiting', job))[1]
  if not first then return end
  local known = redis.call('HGET', place('runs', job), first)
  local attempts = known and cjson.decode(known).attempts or 0
  redis.call('HSET', place('runs', job), first, cjson.encode({ owner = '', token = '', attempts = attempts }))
  redis.call('ZADD', place('running', job), whole(now + reserve), first)
  send(job, first, now, true)
end

-- Lets nothing of a job start any more. What was due is recorded; gives what BullMQ is to forget.
local function clear(job)
  local removed = redis.call('ZRANGE', place('planned', job), 0, -1)
  for _, id in ipairs(removed) do
    redis.call('HDEL', base .. ':outbox', id)
    if instant(id) <= now then decide(job, id, passed(id, 'cancelled')) end
  end
  for _, id in ipairs(redis.call('ZRANGE', place('waiting', job), 0, -1)) do
    redis.call('HDEL', place('runs', job), id)
    decide(job, id, passed(id, 'cancelled'))
  end
  redis.call('DEL', place('planned', job), place('waiting', job))
  return removed
end

local function begin_anew(job, ...)
  redis.call('HINCRBY', place('job', job), 'epoch', 1)
  redis.call('HINCRBY', place('job', job), 'rev', 1)
  write(job, ...)
  return clear(job)
end

local function pause(job)
  write(job, 'paused', '1')
  redis.call('HINCRBY', place('job', job), 'rev', 1)
  tell(job)
  return clear(job)
end

local function cancel(job)
  tell(job)
  return begin_anew(job, 'ended', 'cancelled', 'endedIn', redis.call('GET', base .. ':generation') or '0')
end
`;
