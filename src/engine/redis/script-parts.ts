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

/** KEYS: a number. Returns it, or 0, and which server has it. */
export const READ_NUMBER = `${SERVER_AND_TIME}return { tonumber(redis.call('GET', KEYS[1]) or '0'), server() }`;
