using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Neuro.Interactive.Magics;

/// <summary>A model spec in whatever form a notebook has it: JSON, a file, or an object that writes itself as JSON.</summary>
internal static class ModelChoice
{
    private const int Largest = 1 << 20;

    /// <exception cref="MagicException">None of these.</exception>
    public static JsonObject Of(object model) => model switch
    {
        JsonObject ready => ready.DeepClone().AsObject(),
        string text when text.TrimStart().StartsWith('{') => Parse(text, "The model spec"),
        string path when File.Exists(path) => new FileInfo(path).Length <= Largest
            ? Parse(File.ReadAllText(path), path)
            : throw new MagicException("magic.bad_value", $"{path} has {new FileInfo(path).Length} bytes; a model spec has at most {Largest}."),
        string nothing => throw new MagicException("magic.bad_value", $"--model is '{nothing}'; expected a model spec in a variable (@name) or the path of a file, and there is no such file."),
        _ => Parse(Written(model), $"The {model.GetType().Name}"),
    };

    // ModelSpec lives in Neuro.Learning, which notebooks have and this assembly does not: so it is known by its ToJson().
    private static string Written(object model) =>
        model.GetType().GetMethod("ToJson", BindingFlags.Instance | BindingFlags.Public, Type.EmptyTypes) is { } write && write.ReturnType == typeof(string)
            ? (string)write.Invoke(model, null)!
            : throw new MagicException("magic.bad_value", $"--model is a {model.GetType().Name}; expected a ModelSpec, a JsonObject, JSON text or the path of a file.");

    private static JsonObject Parse(string json, string what)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject ?? throw new MagicException("magic.bad_value", $"{what} is JSON, but not an object; expected {{\"name\": …, \"layers\": […]}}.");
        }
        catch (JsonException broken)
        {
            throw new MagicException("magic.bad_value", $"{what} is not JSON: {broken.Message}");
        }
    }
}
