using System.Text.Json;
using System.Text.Json.Serialization;

namespace Neuro.Client.Api;

/// <summary>How contracts are written on the wire and in files: camelCase, enums by name, no surprises.</summary>
public static class NeuroJson
{
    public static readonly JsonSerializerOptions Options = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.MaxDepth = 32;
        options.AllowOutOfOrderMetadataProperties = true; // A hand-written job may name its kind last.
        return options;
    }
}
