using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Neuro.Backend.Portal;

/// <summary>Reads free-form documents, recipes and model specs, to their last leaf at once.</summary>
/// <remarks>A <see cref="JsonObject"/> finds a name given twice, or text that is not Unicode, only when it is looked at: too late to say so as an error of the request.</remarks>
internal sealed class StrictJsonObject : JsonConverter<JsonObject>
{
    public override JsonObject? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"Expected an object, found {reader.TokenType}.");
        }

        var document = JsonNode.Parse(ref reader);
        try
        {
            Look(document);
        }
        catch (Exception bad) when (bad is ArgumentException or InvalidOperationException)
        {
            throw new JsonException(bad is ArgumentException ? $"A name is given twice in one object ({bad.Message.TrimEnd('.')})." : "Text in it is not valid Unicode.");
        }

        return document!.AsObject();
    }

    public override void Write(Utf8JsonWriter writer, JsonObject value, JsonSerializerOptions options) => value.WriteTo(writer, options);

    private static void Look(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, member) in members)
                {
                    Look(member);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Look(item);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
        }
    }
}
