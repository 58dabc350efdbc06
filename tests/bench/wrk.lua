-- Hands wrk's own counts over as they are: requests, microseconds, the median wait in microseconds, errors of any kind.
function done(summary, latency, requests)
    local failed = 0
    for _, count in pairs(summary.errors) do failed = failed + count end
    io.write(string.format("counts %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), failed))
end
