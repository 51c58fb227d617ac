-- What wrk sends: requests of a file, at random. A line is METHOD <tab> path <tab> body.
-- wrk -s load.lua URL -- FILE TOKEN CLIENT_TYPE; prints one line of JSON at the end.
-- BENCH_PORTS has the port of each copy of the system; each thread of wrk asks one of them.

local requests = {}
local threads = 0

function setup(thread)
   local ports = {}
   for port in os.getenv("BENCH_PORTS"):gmatch("%d+") do
      ports[#ports + 1] = port
   end
   thread.addr = wrk.lookup("127.0.0.1", ports[threads % #ports + 1])[1]
   thread:set("number", threads)
   threads = threads + 1
end

function init(args)
   math.randomseed(42 + number)
   local headers = {
      ["Authorization"] = "Bearer " .. args[2],
      ["X-Client-Type"] = args[3],
      ["Host"] = wrk.headers["Host"],
   }
   for line in io.lines(args[1]) do
      local method, path, body = line:match("^(%S+)\t(%S+)\t(.*)$")
      if body == "" then
         requests[#requests + 1] = wrk.format(method, path, headers)
      else
         headers["Content-Type"] = "application/json"
         requests[#requests + 1] = wrk.format(method, path, headers, body)
         headers["Content-Type"] = nil
      end
   end
end

function request()
   return requests[math.random(#requests)]
end

function done(summary, latency, _)
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "p50_us": %.1f, "p90_us": %.1f, "p99_us": %.1f, '
         .. '"max_us": %.1f, "broken": %d, "refused": %d}\n',
      summary.requests, summary.duration / 1e6, summary.bytes,
      latency:percentile(50), latency:percentile(90), latency:percentile(99), latency.max,
      errors.connect + errors.read + errors.write + errors.timeout, errors.status
   ))
end
