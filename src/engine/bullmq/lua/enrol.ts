/**
 * Makes jobs known, or finds them: all of them, or none. A job that stands as it was said is left as it is, however often and
 * whenever it comes; one that was said otherwise begins anew, and what was planned of it is taken back.
 *
 * The first machine after a time without any begins a generation: each job's run at the start belongs to one, and so does a cancelled job's end.
 */
export const enrol = `
local owner, lease, birth, jobs = ARGV[1], tonumber(ARGV[2]), ARGV[3], cjson.decode(ARGV[4])
redis.call('SET', base .. ':birth', birth, 'NX')
local is_again = redis.call('ZSCORE', base .. ':machines', owner)
redis.call('ZREMRANGEBYSCORE', base .. ':machines', '-inf', whole(now))
redis.call('ZREM', base .. ':machines', owner)
if redis.call('ZCARD', base .. ':machines') == 0 and ARGV[5] == '1' and not is_again then redis.call('INCR', base .. ':generation') end
redis.call('ZADD', base .. ':machines', whole(now + lease), owner)
local generation = redis.call('GET', base .. ':generation') or '0'

local answers = {}
for i, said in ipairs(jobs) do
  local job = said.key
  local anchor = whole(now - said.age)
  local known = read(job, 'version')
  local answer, removed = { 'known', '', '' }, {}
  if not known then
    redis.call('SADD', base .. ':jobs', job)
    write(job, 'epoch', 0, 'rev', 0, 'paused', '0')
    answer = { 'new', '', '' }
  elseif known ~= said.version then
    answer = { 'changed', read(job, 'said'), read(job, 'zone') }
    anchor = whole(now)
  elseif read(job, 'ended') == 'cancelled' and read(job, 'endedIn') ~= generation then
    answer = { 'again', '', '' }
    anchor = whole(now)
  end
  if answer[1] ~= 'known' then
    removed = begin_anew(job, 'name', said.name, 'said', said.said, 'zone', said.zone, 'version', said.version,
      'recurrence', said.recurrence, 'anchor', anchor, 'cursor', '', 'served', '0', 'failures', '0', 'ended', '')
    if answer[1] == 'changed' then tell(job) end
  end
  write(job, 'spaced', said.spaced, 'rerun', said.rerun)
  if said.now and read(job, 'nowIn') ~= generation and read(job, 'paused') == '0' and read(job, 'ended') == '' then
    local id = job .. '@' .. whole(now) .. '.' .. read(job, 'epoch') .. '+now'
    write(job, 'nowIn', generation)
    redis.call('ZADD', place('planned', job), whole(now), id)
    send(job, id, now)
  end
  answer[4] = removed
  answers[i] = answer
end
return { whole(now), redis.call('GET', base .. ':birth'), answers }
`;
