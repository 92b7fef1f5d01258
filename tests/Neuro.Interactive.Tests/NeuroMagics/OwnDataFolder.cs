using System.Runtime.CompilerServices;

namespace Neuro.Interactive.Tests.NeuroMagics;

/// <summary>Keeps tests away from the data folder of whoever runs them: no platform of theirs is found, no cache of theirs is used.</summary>
internal static class OwnDataFolder
{
    public static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "neuro-data", Guid.NewGuid().ToString("N"));

    [ModuleInitializer]
    internal static void Set()
    {
        Environment.SetEnvironmentVariable("NEURO_DATA", Path);
        Environment.SetEnvironmentVariable("NEURO_URL", null);
        Environment.SetEnvironmentVariable("NEURO_API_KEY", null);
    }
}
