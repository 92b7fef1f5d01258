using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Neuro.Interactive.Formatting;

/// <summary>Shows what has no formatter of its own: scalars as text, sequences as tables, objects as their public properties; bounded in depth, rows, columns and length.</summary>
internal static class FormatterFallback
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(ushort)] = "ushort", [typeof(int)] = "int",
        [typeof(uint)] = "uint", [typeof(long)] = "long", [typeof(ulong)] = "ulong", [typeof(float)] = "float", [typeof(double)] = "double",
        [typeof(decimal)] = "decimal", [typeof(char)] = "char", [typeof(string)] = "string", [typeof(object)] = "object",
    };

    private const int MostRows = Tabular.MostShown;
    private const int MostInLine = 10;
    private const int MostDepth = 2;
    private const int LongestCell = 200;
    private const int LongestText = 100_000;
    private const int MostUnfolded = 60;
    private const int MostFolds = 3;
    private const int MostCauses = 5;
    private const int MostFrames = 40;

    public static MimeBundle Format(object? value) => value switch
    {
        Exception problem => Thrown(problem),
        _ when Tabular.Of(value) is { } frame => Table(frame),
        _ when IsScalar(value) => Scalar(value),
        IEnumerable sequence => Sequence(sequence),
        _ => Properties(value!),
    };

    /// <summary>A value on one line, as in the cell of a table.</summary>
    public static string Line(object? value) => Cut(LineOf(value, 0).ReplaceLineEndings(" "), LongestCell);

    public static bool IsNumber(object? value) => value is sbyte or byte or short or ushort or int or uint or long or ulong or nint or nuint or float or double or decimal or Half or Int128 or UInt128;

    /// <summary>True when the type's author wrote a ToString for it (a record's is the compiler's).</summary>
    public static bool SpeaksForItself(object value)
    {
        var author = value.GetType().GetMethod(nameof(ToString), Type.EmptyTypes)!;
        return author.DeclaringType != typeof(object)
            && author.DeclaringType != typeof(ValueType)
            && !author.IsDefined(typeof(CompilerGeneratedAttribute), false)
            && !author.DeclaringType!.IsDefined(typeof(CompilerGeneratedAttribute), false);
    }

    /// <summary>A type as C# writes it: <c>List&lt;int&gt;</c>, not <c>List`1</c>.</summary>
    public static string TypeName(Type type)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsDefined(typeof(CompilerGeneratedAttribute), false))
        {
            return "object";
        }

        if (type.IsAssignableTo(typeof(Task)))
        {
            return "Task";
        }

        if (type.IsArray)
        {
            return TypeName(type.GetElementType()!) + "[]";
        }

        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>" : name;
    }

    private static bool IsScalar(object? value) => value is null or string || IsNumber(value) || value.GetType().IsEnum || value is byte[] or Task || SpeaksForItself(value);

    private static MimeBundle Scalar(object? value)
    {
        var text = value is string plain ? Cut(plain, LongestText) : Cut(LineOf(value, 0), LongestText);
        return new(text, (MimeTypes.Html, Html.Of($"<pre>{text}</pre>").ToString()));
    }

    private static MimeBundle Sequence(IEnumerable sequence)
    {
        var most = sequence is ICollection ? Tabular.MostRead : MostRows;
        var items = sequence.Cast<object?>().Take(most + 1).ToList();
        var cut = items.Count > MostRows;
        if (items.Take(MostRows).All(IsScalar))
        {
            var line = $"[{string.Join(", ", items.Take(MostRows).Select(Line))}{(cut ? ", …" : "")}]";
            return new(line, (MimeTypes.Html, Html.Of($"<pre>{line}</pre>").ToString()));
        }

        return Table(Tabular.Of(sequence, TypeName(sequence.GetType()), HowMany(sequence, items.Count, cut), items[..Math.Min(most, items.Count)], items.Count <= most));
    }

    private static MimeBundle Table(Tabular frame)
    {
        var cells = frame.Rows.Take(MostRows).ToList();
        if (frame.Rows.Count > MostRows || !frame.Whole)
        {
            cells.Add([.. frame.Columns.Select((_, i) => i == 0 ? "…" : null as object)]);
        }

        return new(TextTable(frame.Caption, frame.Columns, cells), (MimeTypes.Html, LiveTable.ToHtml(frame, cells).ToString()));
    }

    private static MimeBundle Properties(object value)
    {
        var caption = TypeName(value.GetType());
        var properties = PropertiesOf(value).Take(MostRows).Select(property => (property.Name, Value: Read(property, value))).ToList();
        if (properties.Count == 0)
        {
            return new(caption, (MimeTypes.Html, Html.Of($"<pre>{caption}</pre>").ToString()));
        }

        var width = properties.Max(property => property.Name.Length);
        var lines = properties.Select(property => $"  {property.Name.PadRight(width)}  {Line(property.Value)}");
        var left = MostUnfolded;
        var unfolding = properties.Select(property => (property.Name, Unfolding(property.Value, 1, ref left))).ToList();
        return new(string.Join('\n', lines.Prepend(caption)), (MimeTypes.Html, HtmlParts.Properties(caption, unfolding).ToString()));
    }

    /// <summary>What is inside of a value, folded below its line; as deep and as much as a page bears.</summary>
    private static object? Unfolding(object? value, int depth, ref int left)
    {
        if (IsScalar(value) || value is Exception || depth > MostFolds || left <= 0)
        {
            return value;
        }

        left--;
        if (value is IEnumerable items)
        {
            var some = items.Cast<object?>().Take(MostInLine + 1).ToList();
            return some.All(IsScalar) ? value : CardParts.Fold(Line(value), Html.Raw(Sequence(some[..Math.Min(MostInLine, some.Count)]).Html!));
        }

        var rows = new List<(string, object?)>();
        foreach (var property in PropertiesOf(value!).Take(MostRows))
        {
            rows.Add((property.Name, Unfolding(Read(property, value!), depth + 1, ref left)));
        }

        return rows.Count == 0 ? value : CardParts.Fold(Line(value), HtmlParts.Properties(TypeName(value!.GetType()), rows));
    }

    /// <summary>What went wrong on one line, then what caused it; where it was thrown only for those who unfold it.</summary>
    private static MimeBundle Thrown(Exception problem)
    {
        var causes = Causes(problem).Take(MostCauses).Select(cause => $"caused by {Line(cause)}").ToList();
        var frames = (problem.StackTrace ?? "").Split('\n').Select(frame => frame.Trim()).Where(frame => frame.Length > 0).Take(MostFrames).ToList();
        var html = Html.Of($"<p class=\"neuro-bad\" role=\"alert\">{Line(problem)}</p>")
            + (causes.Count == 0 ? Html.Empty : CardParts.Sentences(causes))
            + (frames.Count == 0 ? Html.Empty : CardParts.Fold("Where", CardParts.Preformatted(string.Join('\n', frames))));
        return new(string.Join('\n', causes.Select(cause => $"  {cause}").Prepend(Line(problem))), (MimeTypes.Html, html.ToString()));
    }

    private static IEnumerable<Exception> Causes(Exception problem) =>
        (problem is AggregateException many ? many.InnerExceptions : problem.InnerException is { } one ? [one] : (IReadOnlyList<Exception>)[])
        .SelectMany(cause => Causes(cause).Prepend(cause));

    private static string LineOf(object? value, int depth) => value switch
    {
        null => "null",
        string text => text,
        Html html => html.ToPlainText(),
        byte[] bytes => $"byte[{bytes.Length}]",
        bool truth => truth ? "true" : "false",
        Exception problem => Problem(problem),
        Task task => $"{TypeName(task.GetType())} ({task.Status}); await it for its result",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ when SpeaksForItself(value) => value.ToString() ?? "",
        _ when depth >= MostDepth => TypeName(value.GetType()),
        IEnumerable items => List(items, depth),
        _ => $"{TypeName(value.GetType())} {{ {string.Join(", ", PropertiesOf(value).Take(MostInLine).Select(property => $"{property.Name} = {LineOf(Read(property, value), depth + 1)}"))} }}",
    };

    private static string List(IEnumerable items, int depth)
    {
        var first = items.Cast<object?>().Take(MostInLine + 1).Select(item => LineOf(item, depth + 1)).ToList();
        return $"[{string.Join(", ", first.Take(MostInLine))}{(first.Count > MostInLine ? ", …" : "")}]";
    }

    private static string Problem(Exception problem) =>
        problem.GetType().GetProperty("Code")?.GetValue(problem) is string code ? $"{problem.Message} ({code})" : $"{problem.GetType().Name}: {problem.Message}";

    private static string HowMany(IEnumerable sequence, int seen, bool cut) => sequence switch
    {
        ICollection collection => $"{collection.Count} items",
        _ => cut ? $"more than {MostRows} items" : $"{seen} items",
    };

    /// <summary>True for what fills one cell: a scalar, or a sequence.</summary>
    internal static bool IsOne(object? value) => IsScalar(value) || value is IEnumerable;

    internal static IEnumerable<PropertyInfo> PropertiesOf(object value) => value.GetType()
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike && !property.PropertyType.IsPointer);

    internal static object? Read(PropertyInfo property, object of)
    {
        try
        {
            return property.GetValue(of);
        }
        catch (TargetInvocationException thrown)
        {
            return $"({Line(thrown.InnerException)})";
        }
    }

    private static string TextTable(string caption, IReadOnlyList<string> columns, List<object?[]> rows)
    {
        var cells = rows.Select(row => row.Select(value => value is null ? "" : Cut(Line(value), 60)).ToArray()).Prepend([.. columns]).ToList();
        var widths = columns.Select((_, i) => cells.Max(row => row[i].Length)).ToArray();
        var numeric = columns.Select((_, i) => rows.Count > 0 && rows.All(row => row[i] is null or "…" || IsNumber(row[i]))).ToArray();
        var lines = cells.Select(row => string.Join("  ", row.Select((cell, i) => numeric[i] ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd()).ToList();
        lines.Insert(1, string.Join("  ", widths.Select(width => new string('-', width))));
        return string.Join('\n', lines.Prepend(caption));
    }

    private static string Cut(string text, int longest) =>
        text.Length <= longest ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, longest)}… ({text.Length - longest} more characters)");
}
