-- Sends one request that was signed before, again and again: wrk ... -s fixed.lua URL -- FILE (the form of replay.lua). wrk
-- formats it once and asks no Lua for it afterwards, so that the load costs as little as it can.
function init(arguments)
   local file = assert(io.open(arguments[1], "rb"))
   local request = file:read(tonumber(file:read(8)))
   file:close()
   local head, body = request:match("^(.-)\r\n\r\n(.*)$")
   wrk.method, wrk.path = head:match("^(%S+) (%S+)")
   for name, value in head:gmatch("\r\n([^:]+): ([^\r]*)") do
      if name ~= "Content-Length" then wrk.headers[name] = value end
   end
   wrk.body = body
end

function done(summary, latency, threads)
   io.stderr:write(string.format(
      '{"requests": %d, "micros": %d, "errors": %d, "p50": %d, "p99": %d}\n', summary.requests, summary.duration,
      summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
