using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Neuro.Kernels.Recipes;

/// <summary>The summaries of types and properties, from the documentation file that the compiler writes beside the assembly.</summary>
internal static partial class Docstrings
{
    private static readonly Lazy<IReadOnlyDictionary<string, string>> Summaries = new(Read);

    /// <summary>One line of plain text; null where nothing was written.</summary>
    public static string? Of(MemberInfo member) => Summaries.Value.GetValueOrDefault(member is Type type ? $"T:{type.FullName}" : $"P:{member.DeclaringType!.FullName}.{member.Name}");

    private static Dictionary<string, string> Read()
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{typeof(Docstrings).Assembly.GetName().Name}.xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")!))
            : [];
    }

    private static string Plain(XElement summary) => White().Replace(string.Concat(summary.Nodes().Select(Plain)), " ").Trim();

    // A reference is to a property, whose name in JSON begins small.
    private static string Plain(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref") is { } reference => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(reference.Value.Split('.', ':')[^1]),
        XElement element => element.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex White();
}
