using System.Collections;
using System.Globalization;

namespace Neuro.Interactive.Formatting;

/// <summary>Turns any object into what a notebook, a console and a report can show.</summary>
/// <remarks>
/// A type's own formatters come first (the attribute convention), then its elements' for a sequence, then what it writes itself, then tables made from what is public.
/// It never throws: an output must not stop a cell.
/// </remarks>
public static class Formatter
{
    private const int MostItems = 100;

    public static MimeBundle Format(object? value)
    {
        try
        {
            return value switch
            {
                null => FormatterFallback.Format(null),
                MimeBundle ready => ready,
                _ => Own(value) ?? Elements(value) ?? Written(value) ?? FormatterFallback.Format(value),
            };
        }
        catch (Exception problem)
        {
            return new(string.Create(CultureInfo.InvariantCulture, $"{FormatterFallback.TypeName(value!.GetType())} (its formatter failed: {FormatterFallback.Line(problem)})"));
        }
    }

    private static MimeBundle? Own(object value) => Apply(FormatterConvention.For(value.GetType()), value);

    /// <summary>What writes itself by a method <c>string ToHtml()</c>, as types do that cannot see this assembly.</summary>
    private static MimeBundle? Written(object value) =>
        FormatterFallback.SpeaksForItself(value)
        && value.GetType().GetMethod("ToHtml", Type.EmptyTypes) is { IsStatic: false } write
        && write.ReturnType == typeof(string)
            ? new(value.ToString() ?? "", (MimeTypes.Html, (string)write.Invoke(value, null)!))
            : null;

    private static MimeBundle? Elements(object value)
    {
        if (value is string || value is not IEnumerable sequence || FormatterFallback.SpeaksForItself(value))
        {
            return null;
        }

        var items = sequence.Cast<object?>().Take(MostItems + 1).ToList();
        if (items.Count == 0 || items.Any(item => item is null || FormatterConvention.For(item.GetType()).Count == 0))
        {
            return null;
        }

        var whole = items.Count <= MostItems ? (object)items : value;
        var forms = FormatterConvention.For(items[0]!.GetType());
        if (Apply(forms, whole) is { } together)
        {
            return together;
        }

        var each = items.Take(MostItems).Select(item => Own(item!)).OfType<MimeBundle>().ToList();
        var more = items.Count > MostItems ? $"… more than {MostItems}" : "";
        return new(
            string.Join('\n', each.Select(bundle => bundle.Text).Append(more).Where(line => line.Length > 0)),
            (MimeTypes.Html, string.Concat(each.Select(bundle => bundle.Html ?? Html.Of($"<pre>{bundle.Text}</pre>").ToString())) + Html.Text(more)));
    }

    private static MimeBundle? Apply(IReadOnlyList<FormatterConvention.Form> forms, object value)
    {
        var written = new List<KeyValuePair<string, string>>();
        foreach (var form in forms)
        {
            using var writer = new StringWriter(CultureInfo.InvariantCulture);
            if (form.Write(value, writer))
            {
                written.Add(KeyValuePair.Create(form.Mime, writer.ToString()));
            }
        }

        return written.Count == 0 ? null : MimeBundle.Of(written);
    }
}
