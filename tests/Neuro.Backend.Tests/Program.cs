using Neuro.Backend.Tests;
using Neuro.Backend.Tests.Cluster;

// The tests; or, named so by a crash test, a child that works until it is killed.
return args switch
{
    [CrashChild.LedgerVerb, var engine, var where] => await CrashChild.WriteLedgerAsync(engine, where),
    [CrashChild.ExchangeVerb, var engine, var where] => await CrashChild.TradeAsync(engine, where),
    [CrashChild.MakerVerb, var engine, var where] => await CrashChild.MakeMarketAsync(engine, where),
    [CrashChild.ChainVerb, var folder, var endpoint, var vault, var fromBlock] => await CrashChild.RunChainAsync(folder, endpoint, vault, fromBlock),
    [CrashChild.ReplicaVerb, .. var told] => await CrashChild.RunReplicaAsync(Replicas.Options(told)),
    [CrashChild.PlatformVerb, var folder] => await CrashChild.RunPlatformAsync(folder, "http://127.0.0.1:0"),
    [CrashChild.PlatformVerb, var folder, var url] => await CrashChild.RunPlatformAsync(folder, url),
    _ when args.Any(arg => arg is "-automated" or "@@") => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
    _ => await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
