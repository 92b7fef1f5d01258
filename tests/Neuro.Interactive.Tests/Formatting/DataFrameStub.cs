namespace Microsoft.Data.Analysis;

/// <summary>Stands in for the type that formatters know by its name and its members.</summary>
internal sealed class DataFrame
{
    public IReadOnlyList<Column> Columns { get; } = [new("Shop"), new("Sold")];

    public IReadOnlyList<object?[]> Rows { get; } = [["Solvika", 3], ["Fizzelt", null]];

    public override string ToString() => "a frame says something else";

    internal sealed class Column(string name)
    {
        public string Name { get; } = name;
    }
}
