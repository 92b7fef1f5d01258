using Neuro.Node.Sandbox;
using Neuro.Node.Tests;
using Neuro.Node.Tests.Sandbox;

// The tests; or, named so by a test, a process that does work, or one that has such a process and is killed.
switch (args)
{
    case [TestChild.WorkVerb]:
        WorkHost.Run([new BehavingWork()]);
        return 0;
    case [TestChild.OwnerVerb, var folder]:
        await TestChild.OwnAsync(folder);
        return 0;
    default:
        return args.Any(arg => arg is "-automated" or "@@")
            ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
            : await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
