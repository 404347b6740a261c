using Patchbay.Bench;
using Patchbay.Bench.Audit;
using Patchbay.Bench.Embedding;
using Patchbay.Bench.Events;
using Patchbay.Bench.Functions;
using Patchbay.Bench.Importing;
using Patchbay.Bench.Library;
using Patchbay.Bench.Proxy;

if (!BenchOptions.TryParse(args, out var options, out var complaint))
{
    await Console.Error.WriteLineAsync($"{complaint}{Environment.NewLine}{BenchOptions.Usage}");
    return 2;
}

switch (options.Command)
{
    case "serve-forwarder":
        await BareForwarder.RunAsync(options.Url!, options.Upstream!);
        return 0;
    case "serve-upstream":
        await SmallUpstream.RunAsync(options.Url!);
        return 0;
    case "serve-events":
        await EventServer.RunAsync(options);
        return 0;
    case "import-once":
        await DescriptionBenchmark.ImportOnceAsync(options.Url!);
        return 0;
}

Report.Machine();
if (options.Runs("proxy"))
    await new ProxyBenchmark(options).RunAsync();
if (options.Runs("import"))
    await new DescriptionBenchmark(options).RunAsync();
if (options.Runs("library"))
    await new LibraryBenchmark(options).RunAsync();
if (options.Runs("events"))
    await new EventsBenchmark(options).RunAsync();
if (options.Runs("functions"))
    await new FunctionsBenchmark(options).RunAsync();
if (options.Runs("audit"))
    await new AuditBenchmark(options).RunAsync();
if (options.Runs("embedded"))
    await new EmbeddedBenchmark(options).RunAsync();
return 0;
