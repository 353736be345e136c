/**
 * Keeps what was decided on the next occurrences of jobs. Each job's decision holds as a whole, or not at all when the job no longer stands where it stood when the decision was made: of several machines that
 * plan the same, one wins.
 *
 * Gives the places of those that won.
 */
export const plan = `
local won = {}
for i, made in ipairs(cjson.decode(ARGV[1])) do
  local job = made.key
  if read(job, 'rev') == made.rev and read(job, 'paused') == '0' and read(job, 'ended') == '' then
    for _, one in ipairs(made.passed) do decide(job, one.id, one.text) end
    for _, one in ipairs(made.starts) do
      redis.call('ZADD', place('planned', job), one.start, one.id)
      send(job, one.id, one.start)
    end
    write(job, 'cursor', made.cursor)
    redis.call('HINCRBY', place('job', job), 'rev', 1)
    if #made.starts == 0 then rest(job) end
    won[#won + 1] = i - 1
  end
end
return won
`;

/** Ends a job of which nothing is left: only where nothing of it is planned, runs or waits, and nobody has changed it meanwhile. */
export const over = `
local job, rev = ARGV[1], ARGV[2]
if read(job, 'rev') ~= rev or is_busy(job) then return 0 end
write(job, 'ended', 'ended')
redis.call('HINCRBY', place('job', job), 'rev', 1)
tell(job)
return 1
`;
