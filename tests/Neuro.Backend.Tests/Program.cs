using Neuro.Backend.Tests;

// The tests; or, named so by a crash test, a child that works until it is killed.
return args switch
{
    [CrashChild.LedgerVerb, var engine, var where] => await CrashChild.WriteLedgerAsync(engine, where),
    [CrashChild.ExchangeVerb, var engine, var where] => await CrashChild.TradeAsync(engine, where),
    [CrashChild.MakerVerb, var engine, var where] => await CrashChild.MakeMarketAsync(engine, where),
    [CrashChild.ReplicaVerb, var postgres, var shared, var own, var contract] => await CrashChild.RunReplicaAsync(postgres, shared, own, int.Parse(contract, System.Globalization.CultureInfo.InvariantCulture)),
    [CrashChild.PlatformVerb, var folder] => await CrashChild.RunPlatformAsync(folder, "http://127.0.0.1:0"),
    [CrashChild.PlatformVerb, var folder, var url] => await CrashChild.RunPlatformAsync(folder, url),
    _ when args.Any(arg => arg is "-automated" or "@@") => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
    _ => await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
};
