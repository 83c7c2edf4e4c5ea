-- Replays requests that were signed before: wrk ... -s replay.lua URL -- FILE. The file holds them as they go over the
-- wire, each behind its length in eight digits. A single request is sent again and again; of many each is sent once.
local requests, count, sent = {}, 0, 0
local single

function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   while true do
      local length = file:read(8)
      if not length then break end
      count = count + 1
      requests[count] = file:read(tonumber(length))
   end
   file:close()
   if count == 1 then single = requests[1] end
end

function request()
   if single then return single end
   sent = sent + 1
   if sent > count then
      -- More than were signed: what follows is refused as malformed and shows among the errors.
      return "EXHAUSTED\r\n\r\n"
   end
   return requests[sent]
end

function done(summary, latency, threads)
   io.stderr:write(string.format(
      '{"requests": %d, "micros": %d, "errors": %d, "p50": %d, "p99": %d}\n', summary.requests, summary.duration,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
