namespace Neuro.Client.Models;

/// <summary>A kind of picture in which a model errs more often than in the others: its 95 % Wilson interval (Wilson 1927) lies below theirs, by three standard deviations or more.</summary>
/// <param name="Name">What kind, such as <c>pictures darker than 0.21</c>.</param>
/// <param name="Right">Right guesses …</param>
/// <param name="Count">… of so many such pictures.</param>
/// <param name="OthersRight">Right guesses …</param>
/// <param name="OthersCount">… of so many others.</param>
public sealed record WeakSlice(string Name, int Right, int Count, int OthersRight, int OthersCount)
{
    /// <summary>0 to 1.</summary>
    public double Accuracy => (double)Right / Count;

    /// <summary>0 to 1.</summary>
    public double OthersAccuracy => (double)OthersRight / OthersCount;

    /// <summary>Mistakes beyond those that the others' accuracy would make in it.</summary>
    public double Excess => Count * (OthersAccuracy - Accuracy);
}

/// <summary>A knob that is drawn otherwise, so that pictures like those of a weak slice are rendered more often.</summary>
/// <param name="Knob">Its path in the recipe.</param>
/// <param name="Before">Its distribution as JSON.</param>
/// <param name="After">Its new distribution as JSON.</param>
/// <param name="Reason">One line.</param>
public sealed record RecipeChange(string Knob, string Before, string After, string Reason);

/// <summary>A model before and after it was trained on, on the same pictures.</summary>
/// <param name="Right">Right guesses afterwards.</param>
/// <param name="OnlyBefore">Pictures that only the older model has right.</param>
/// <param name="OnlyAfter">Pictures that only the newer model has right.</param>
/// <param name="P">Of McNemar's exact test (1947): how probable so uneven a split is if both are equally good.</param>
/// <param name="Difference">Accuracy afterwards less before, −1 to 1, with its 95 % bootstrap interval in <paramref name="Low"/> and <paramref name="High"/>.</param>
/// <param name="Kept">Whether the newer model is kept: only where it is surely better.</param>
/// <param name="Verdict">One sentence.</param>
public sealed record ImprovementOutcome(int Right, int OnlyBefore, int OnlyAfter, double P, double Difference, double Low, double High, bool Kept, string Verdict);

/// <summary>One turn of the loop: what was weak, what was changed, what came of it.</summary>
/// <param name="Right">Right guesses of the model that the round begins with.</param>
/// <param name="Slices">The weak slices, those with the most mistakes first.</param>
/// <param name="Changes">None where there was nothing to change.</param>
/// <param name="Notes">What could not be changed and why.</param>
/// <param name="Outcome">Null where nothing was changed.</param>
public sealed record ImprovementRound(
    int Right, IReadOnlyList<WeakSlice> Slices, IReadOnlyList<RecipeChange> Changes, IReadOnlyList<string> Notes, ImprovementOutcome? Outcome = null);

/// <summary>How a model was improved by what it gets wrong.</summary>
/// <param name="Data">The pictures that it was measured on before and after each round.</param>
/// <param name="Count">How many they are.</param>
[TypeFormatterSource("ImprovementFormatters")]
public sealed record ImprovementReport(string Model, string Data, int Count, IReadOnlyList<ImprovementRound> Rounds)
{
    /// <summary>Right guesses of the model that is kept.</summary>
    public int Right => Rounds is [.., var last] ? last.Outcome is { Kept: true } kept ? kept.Right : last.Right : 0;
}
