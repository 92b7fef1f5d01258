using Neuro.Client.Api;
using Neuro.Interactive.Magics;
using Neuro.Notebooks.Engine;

namespace Neuro.Cli.Embedding;

/// <summary>What cells of a notebook start with, whoever runs them: the platform's magics and namespaces.</summary>
internal static class PlatformCells
{
    private static readonly string[] Usings =
    [
        "Neuro.Client.Api", "Neuro.Client.Chain", "Neuro.Client.Data", "Neuro.Client.Jobs", "Neuro.Client.Market", "Neuro.Client.Models", "Neuro.Client.Nodes", "Neuro.Client.Tokens",
        "Neuro.Kernels.Formats", "Neuro.Kernels.Formats.Exchange", "Neuro.Kernels.Labels", "Neuro.Kernels.Recipes", "Neuro.Kernels.Scenes",
        "Neuro.Interactive.Formatting", "Neuro.Interactive.Magics",
        "Neuro.Learning.Compression", "Neuro.Learning.Evaluation", "Neuro.Learning.Exchange", "Neuro.Learning.Improvement", "Neuro.Learning.Specs", "Neuro.Learning.Training", "Neuro.Learning.Zoo",
    ];

    /// <param name="neuro">The connection that the magics share; it outlives the session.</param>
    public static SessionOptions Options(NeuroSession neuro) => new()
    {
        Magics = new MagicCatalogue(NeuroMagics.All(neuro, LocalMagics.Work)),
        References = [typeof(PlatformCells).Assembly, typeof(NeuroClient).Assembly, typeof(NeuroMagics).Assembly, typeof(Kernels.Recipes.Catalogue).Assembly, typeof(Learning.Zoo.Zoo).Assembly],
        Usings = Usings,
    };
}
