/**
 * Whether a run may start, and its start: decided and kept at once. What is to happen with what runs already is not decided here: the words for each case are given.
 *
 * Gives `go`, `early` with a wait, `busy` with a wait when it runs elsewhere still, `told` with a decision when it does not run, `waits`, `decided`, `off`
 * when the job was paused, ended or said anew meanwhile, or `unknown` when nobody has planned it.
 */
export const begin = `
local job, id, owner, token, lease, verdict = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local longest, is_all = tonumber(ARGV[7]), ARGV[8] == '1'
local waits_for_older, waits_for_latest = ARGV[11] == '1', ARGV[12] == '1'
local words, queued = cjson.decode(ARGV[9]), cjson.decode(ARGV[10])
local running, runs, planned, waiting = place('running', job), place('runs', job), place('planned', job), place('waiting', job)
local is_off = read(job, 'paused') ~= '0' or read(job, 'ended') ~= ''

local function go(attempts)
  redis.call('ZREM', planned, id)
  redis.call('HSET', runs, id, cjson.encode({ owner = owner, token = token, attempts = attempts, started = whole(now) }))
  redis.call('ZADD', running, whole(now + lease), id)
  write(job, 'began', whole(now))
  if attempts == 1 and not string.find(id, '+now', 1, true) then redis.call('HINCRBY', place('job', job), 'served', 1) end
  return { 'go', attempts }
end

local function told(text)
  redis.call('ZREM', planned, id)
  redis.call('ZREM', running, id)
  redis.call('HDEL', runs, id)
  decide(job, id, text)
  rest(job)
  promote(job)
  return { 'told', text, redis.call('HLEN', base .. ':outbox') }
end

local known = redis.call('HGET', runs, id)
if known then
  local run = cjson.decode(known)
  if run.owner == owner and run.token == token then return { 'go', run.attempts } end
  if redis.call('ZSCORE', waiting, id) then return { 'waits', '', 0 } end
  local left = tonumber(redis.call('ZSCORE', running, id) or 0) - now
  if run.owner ~= '' and left > 0 then return { 'busy', left } end
  if run.owner == '' and (is_off or run.off) then return told(passed(id, 'cancelled')) end
  -- No machine has been there for long: what was called to start then is looked at like what was planned.
  if run.owner == '' and left < -60000 and verdict ~= 'run' then return told(verdict) end
  if run.owner ~= '' and (is_off or read(job, 'rerun') ~= '1') then
    return told(cut_off(id, run))
  end
  -- While nobody ran it, another run may have taken its place.
  if left <= 0 and words.first ~= 'start' and is_live(job) then
    redis.call('ZREM', running, id)
    redis.call('HSET', runs, id, cjson.encode({ owner = '', token = '', attempts = run.attempts }))
    redis.call('ZADD', waiting, whole(instant(id)), id)
    return { 'waits', '', redis.call('HLEN', base .. ':outbox') }
  end
  return go(run.attempts + 1)
end

local start = redis.call('ZSCORE', planned, id)
if not start then
  if redis.call('ZSCORE', waiting, id) then return { 'waits', '', 0 } end
  if redis.call('HEXISTS', place('decisions', job), id) == 1 then return { 'decided' } end
  local is_old = string.match(id, '@%-?%d+%.(%d+)') ~= read(job, 'epoch')
  return { (is_old or is_off) and 'off' or 'unknown' }
end
if tonumber(start) > now then return { 'early', tonumber(start) - now } end
if is_off then return told(passed(id, 'cancelled')) end
if verdict ~= 'run' then return told(verdict) end

-- What was missed runs in order, though BullMQ may deliver it in another.
if is_all and waits_for_older then
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', planned, '-inf', whole(now), 'LIMIT', 0, 20)) do
    if instant(other) < instant(id) then return { 'busy', 20 } end
  end
end

promote(job)
local count = redis.call('ZCARD', waiting)
-- What comes after a run that was late itself makes up for what was missed, and waits for it.
if is_all and tonumber(read(job, 'began') or 0) >= instant(id) then words = queued end
local word = words.idle
if is_live(job) then word = count == 0 and words.first or count < longest and words.more or words.full end
if word == 'start' then return go(1) end
-- A run that was put off and has only just begun may have ended already, and nobody has been told yet.
if (word == 'skip' or word == 'drop') and waits_for_latest
  and (now - tonumber(read(job, 'began') or 0) < 300 or has_reserved(job)) then
  return { 'busy', 30 }
end
if word == 'skip' then return told(passed(id, 'skipped')) end
if word == 'drop' then return told(passed(id, 'dropped')) end
redis.call('ZREM', planned, id)
if word == 'replace' then
  for _, other in ipairs(redis.call('ZRANGE', waiting, 0, -1)) do
    redis.call('HDEL', runs, other)
    decide(job, other, passed(other, 'skipped'))
  end
  redis.call('DEL', waiting)
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', running, '(' .. whole(now), '+inf')) do
    local run = cjson.decode(redis.call('HGET', runs, other))
    run.off = true
    redis.call('HSET', runs, other, cjson.encode(run))
    redis.call('PUBLISH', base .. ':control', cjson.encode({ job = job, cancel = other }))
  end
end
redis.call('ZADD', waiting, whole(instant(id)), id)
return { 'waits', '', redis.call('HLEN', base .. ':outbox') }
`;

/**
 * Keeps how a run ended, once, and all that follows from it: failures in a row and the pause they bring, the job's end, the run that waits next.
 *
 * Gives `kept`, or `late` when the run had been given up. Then failures in a row, whether they paused the job, what BullMQ is to forget, and how much the outbox
 * holds.
 */
export const finish = `
local job, id, owner, token, text, outcome = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local is_last, pause_after = ARGV[7] == '1', tonumber(ARGV[8])
local known = redis.call('HGET', place('runs', job), id)
local decision = redis.call('HGET', place('decisions', job), id)
if decision then return { decision == text and 'kept' or 'late', 0, 0, {}, 1 } end
if known then
  local run = cjson.decode(known)
  if run.owner ~= owner or run.token ~= token then return { 'late', 0, 0, {}, 0 } end
end
redis.call('HDEL', place('runs', job), id)
redis.call('ZREM', place('running', job), id)
decide(job, id, text)
local failures = 0
if outcome == 'succeeded' then write(job, 'failures', '0')
elseif outcome ~= 'cancelled' then failures = redis.call('HINCRBY', place('job', job), 'failures', 1) end
local removed, is_paused = {}, 0
if is_last then removed = cancel(job)
elseif pause_after > 0 and failures >= pause_after and read(job, 'paused') == '0' then
  removed, is_paused = pause(job), 1
end
rest(job)
promote(job)
return { 'kept', failures, is_paused, removed, redis.call('HLEN', base .. ':outbox') }
`;

/** Takes back a start that has not begun: it is planned as it was, or kept for another machine when it is to be run again. */
export const release = `
local job, id, owner, token = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local run = cjson.decode(redis.call('HGET', place('runs', job), id) or '{}')
if run.owner ~= owner or run.token ~= token then return 0 end
if run.attempts > 1 then
  local kept = { owner = '', token = '', attempts = run.attempts - 1 }
  redis.call('HSET', place('runs', job), id, cjson.encode(kept))
  redis.call('ZADD', place('running', job), whole(now + reserve), id)
  return 1
end
redis.call('HDEL', place('runs', job), id)
redis.call('ZREM', place('running', job), id)
redis.call('ZADD', place('planned', job), whole(instant(id)), id)
redis.call('HINCRBY', place('job', job), 'served', -1)
return 1
`;

/** This machine lives, and so do these runs of it, but for those that have been given up. */
export const renew = `
local owner, lease = ARGV[1], tonumber(ARGV[2])
redis.call('ZADD', base .. ':machines', whole(now + lease), owner)
for i = 3, #ARGV, 2 do
  local job, id = ARGV[i], ARGV[i + 1]
  local known = redis.call('HGET', place('runs', job), id)
  if known and cjson.decode(known).owner == owner then
    redis.call('ZADD', place('running', job), whole(now + lease), id)
  end
end
return { whole(now), redis.call('GET', base .. ':birth') or '' }
`;

/** This machine has gone. */
export const leave = `
return redis.call('ZREM', base .. ':machines', ARGV[1])
`;

/**
 * Takes care of what nobody has finished: runs whose machine has not been heard of for long are recorded or run again, starts that BullMQ has lost are put into the outbox again, and what waits for a run that
 * is gone is next. BullMQ brings most of them back earlier by itself.
 *
 * Gives the decisions.
 */
export const mend = `
local job = ARGV[1]
local told = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', place('running', job), '-inf', whole(now - 30000), 'LIMIT', 0, 100)) do
  local run = cjson.decode(redis.call('HGET', place('runs', job), id) or '{"owner":"?","attempts":1}')
  if run.owner == '' or read(job, 'rerun') == '1' then
    run.owner, run.token = '', ''
    redis.call('HSET', place('runs', job), id, cjson.encode(run))
    redis.call('ZADD', place('running', job), whole(now + reserve), id)
    send(job, id, now, true)
  else
    local text = cut_off(id, run)
    redis.call('ZREM', place('running', job), id)
    redis.call('HDEL', place('runs', job), id)
    decide(job, id, text)
    told[#told + 1] = text
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', place('planned', job), '-inf', whole(now - 300000), 'LIMIT', 0, 100)) do
  redis.call('ZADD', place('planned', job), whole(now), id)
  send(job, id, instant(id), true)
end
rest(job)
promote(job)
return told
`;

/** Nobody has run an occurrence in time, for no machine has its job. */
export const refuse = `
local job, id = ARGV[1], ARGV[2]
if redis.call('ZREM', place('planned', job), id) == 1 then decide(job, id, passed(id, 'expired')) end
return 1
`;

/** Keeps what became of a run by hand. */
export const note = `
decide(ARGV[1], ARGV[2], ARGV[3])
return 1
`;
