using Neuro.Client.Models;
using Neuro.Kernels.Recipes;

namespace Neuro.Interactive.Magics;

/// <summary>Improves a model by what it gets wrong. Training is Neuro.Learning's, which this assembly does not see: the program that has both hands this over.</summary>
/// <param name="asked">What, from what, how often.</param>
/// <param name="order">Called once a round with its changed recipe, for shards of its pictures.</param>
/// <param name="progress">The report as it grows.</param>
/// <returns>The folder of the model that is kept, and what was done.</returns>
public delegate Task<(string Folder, ImprovementReport Report)> ImproveModel(
    ImproveRequest asked, Func<int, Recipe, Task<IReadOnlyList<string>>> order, IProgress<ImprovementReport> progress, CancellationToken cancel);

/// <param name="Model">A model's package (a tar), or its folder.</param>
/// <param name="Pictures">Labelled pictures to measure it on: an object that Neuro.Learning knows, or the paths of shards.</param>
/// <param name="Recipe">Whose distributions are changed.</param>
/// <param name="Catalogue">The recipe's.</param>
/// <param name="Epochs">How often each ordered sample is seen.</param>
public sealed record ImproveRequest(string Model, object Pictures, Recipe Recipe, Catalogue Catalogue, int Rounds, int Epochs, ulong Seed);
