-- Takes up to ARGV[3] calls out of a limit (GCRA). ARGV[1]: microseconds a call, ARGV[2]: calls in a burst.
-- Answers how many were taken and, if none, the microseconds until there is one. By the clock of Redis.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now)
local room = math.floor((now + interval * burst - full) / interval)
if room < 1 then
    return {0, math.ceil(full + interval - (now + interval * burst))}
end
local taken = math.min(room, want)
full = full + taken * interval
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil((full - now) / 1000) + 1)
return {taken, 0}
