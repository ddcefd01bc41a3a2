// What scripts of several kinds have in common.

/** `server()`: which process this is (`run_id`). `now()`: its time in milliseconds. */
export const SERVER_AND_TIME = `
local function server()
  return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
end

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;
