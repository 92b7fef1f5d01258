using System.Reflection;
using Neuro.Interactive.Magics;

namespace Neuro.Notebooks.Engine;

/// <summary>What a session starts with.</summary>
public sealed record SessionOptions
{
    /// <value>The general magics.</value>
    public MagicCatalogue Magics { get; init; } = new();

    /// <summary>Assemblies whose types cells may name, besides .NET's and the application's own.</summary>
    public IReadOnlyList<Assembly> References { get; init; } = [];

    /// <summary>Namespaces in scope, besides the usual ones (System, Linq, IO, collections, tasks).</summary>
    public IReadOnlyList<string> Usings { get; init; } = [];

    /// <summary>How long a cancelled cell may take to end by itself before the session goes on without it.</summary>
    /// <value>2 s.</value>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
