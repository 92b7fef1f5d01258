using System.Collections;
using System.Data;
using System.Globalization;
using System.Reflection;

namespace Neuro.Interactive.Formatting;

/// <summary>Rows with named columns, whatever keeps them: a sequence of objects or dictionaries, a <see cref="DataTable"/>, a Microsoft.Data.Analysis.DataFrame.</summary>
/// <param name="Whole">False where there are more rows than were read.</param>
internal sealed record Tabular(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<object?[]> Rows, bool Whole)
{
    /// <summary>Rows that are read of what says how many it has; of an open sequence no more than are shown.</summary>
    public const int MostRead = 2000;

    public const int MostShown = 100;

    private const int MostColumns = 20;
    private const string FrameType = "Microsoft.Data.Analysis.DataFrame";

    /// <summary>The frame that a value is; null for anything else, a sequence too.</summary>
    public static Tabular? Of(object? value) => value switch
    {
        DataTable table => new(
            $"DataTable{(table.TableName.Length > 0 ? $" {table.TableName}" : "")}, {table.Rows.Count} rows",
            [.. table.Columns.Cast<DataColumn>().Take(MostColumns).Select(column => column.ColumnName)],
            [.. table.Rows.Cast<DataRow>().Take(MostRead).Select(row => row.ItemArray.Take(MostColumns).Select(cell => cell is DBNull ? null : cell).ToArray())],
            table.Rows.Count <= MostRead),
        _ when value?.GetType().FullName == FrameType => Named(value),
        _ => null,
    };

    /// <summary>A sequence of objects: a column for each public property, or each key of a dictionary.</summary>
    public static Tabular Of(IEnumerable sequence, string type, string howMany, IReadOnlyList<object?> items, bool whole)
    {
        var known = new Dictionary<Type, Dictionary<string, PropertyInfo>>();
        var columns = items.SelectMany(Names).Distinct().Take(MostColumns).ToList();
        return new($"{type}, {howMany}", columns, [.. items.Select(item => columns.Select(column => Cell(item, column)).ToArray())], whole);

        IEnumerable<string> Names(object? item) => item switch
        {
            IDictionary<string, object?> named => named.Keys,
            _ when FormatterFallback.IsOne(item) => ["value"],
            _ => Properties(item!).Keys,
        };

        object? Cell(object? item, string column) => item switch
        {
            IDictionary<string, object?> named => named.TryGetValue(column, out var value) ? value : null,
            _ when FormatterFallback.IsOne(item) => column == "value" ? item : null,
            _ => Properties(item!).TryGetValue(column, out var property) ? FormatterFallback.Read(property, item!) : null,
        };

        Dictionary<string, PropertyInfo> Properties(object item) => known.TryGetValue(item.GetType(), out var found)
            ? found
            : known[item.GetType()] = FormatterFallback.PropertiesOf(item).DistinctBy(property => property.Name).ToDictionary(property => property.Name);
    }

    // By its names: notebooks have the package, this assembly has not.
    private static Tabular? Named(object frame)
    {
        if (Property(frame, "Columns") is not IEnumerable columns || Property(frame, "Rows") is not IEnumerable rows)
        {
            return null;
        }

        List<string> names = [.. columns.Cast<object>().Take(MostColumns).Select(column => Property(column, "Name") as string ?? "")];
        var read = rows.Cast<IEnumerable>().Take(MostRead + 1).Select(row => row.Cast<object?>().Take(names.Count).ToArray()).ToList();
        var whole = read.Count <= MostRead;
        return new($"DataFrame, {(whole ? $"{read.Count}" : $"more than {MostRead}")} rows", names, whole ? read : read[..MostRead], whole);
    }

    private static object? Property(object of, string name) => of.GetType().GetProperty(name, BindingFlags.Instance | BindingFlags.Public)?.GetValue(of);

    /// <summary>What each column holds, in the rows that were read.</summary>
    public IEnumerable<object?[]> Statistics() => Columns.Select((column, i) =>
    {
        var values = Rows.Select(row => row[i]).Where(value => value is not null).ToList();
        var numbers = values.All(FormatterFallback.IsNumber)
            ? values.OfType<IConvertible>().Select(value => value.ToDouble(CultureInfo.InvariantCulture)).Where(double.IsFinite).ToList()
            : [];
        var groups = values.Select(FormatterFallback.Line).CountBy(line => line).ToList();
        var common = groups.Count < values.Count ? groups.MaxBy(group => group.Value) : default;
        return new object?[]
        {
            column, values.Count, groups.Count,
            numbers.Count > 0 ? Rounded(numbers.Min()) : "", numbers.Count > 0 ? Rounded(numbers.Average()) : "", numbers.Count > 0 ? Rounded(numbers.Max()) : "",
            common.Key is null ? "" : $"{common.Key} ({common.Value} times)",
        };
    });

    private static object Rounded(double number) => double.Parse(number.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
