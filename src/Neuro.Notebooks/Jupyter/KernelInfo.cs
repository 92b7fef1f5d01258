using System.Reflection;

namespace Neuro.Notebooks.Jupyter;

/// <summary>What the kernel says about itself.</summary>
internal static class KernelInfo
{
    private static readonly string Version = typeof(KernelInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static KernelInfoReply Reply { get; } = new(
        MessageFormat.ProtocolVersion,
        "neuro",
        Version,
        new("C#", "14.0", "text/x-csharp", ".cs", "csharp", "text/x-csharp", "script"),
        $"Neuro {Version}: C# on .NET {Environment.Version}. #!lsmagic lists what else a cell understands.",
        [new("C# language", "https://learn.microsoft.com/dotnet/csharp/"), new(".NET API", "https://learn.microsoft.com/dotnet/api/")]);
}
