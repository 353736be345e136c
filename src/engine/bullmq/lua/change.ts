/** Pauses a job for all machines. Gives what BullMQ is to forget. */
export const halt = `
local job = ARGV[1]
if read(job, 'paused') ~= '0' then return {} end
return pause(job)
`;

/** Lets a job go on from now, and forgets its failures. */
export const resume = `
local job = ARGV[1]
if read(job, 'paused') ~= '1' then return {} end
local removed = begin_anew(job, 'paused', '0', 'failures', '0', 'cursor', whole(now))
if read(job, 'spaced') == '1' then write(job, 'anchor', whole(now), 'cursor', '') end
tell(job)
return removed
`;

/** Ends a job for all machines. */
export const stop = `
local job = ARGV[1]
if read(job, 'ended') ~= '' then return {} end
return cancel(job)
`;

/** Gives a job another schedule, counted from now. */
export const reschedule = `
local job, recurrence, spaced = ARGV[1], ARGV[2], ARGV[3]
if not read(job, 'rev') then return {} end
tell(job)
return begin_anew(job, 'recurrence', recurrence, 'spaced', spaced, 'anchor', whole(now), 'cursor', '', 'served', '0')
`;
