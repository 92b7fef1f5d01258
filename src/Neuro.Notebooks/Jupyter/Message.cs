using System.Text.Json;

namespace Neuro.Notebooks.Jupyter;

/// <summary>What a message is and who sent it.</summary>
internal sealed record Header
{
    public required string MsgId { get; init; }

    public required string MsgType { get; init; }

    public string Session { get; init; } = "";

    public string Username { get; init; } = "";

    public string Date { get; init; } = "";

    public string Version { get; init; } = "";
}

/// <summary>A message that came in, its signature checked.</summary>
/// <param name="Identities">The way back to the sender.</param>
/// <param name="HeaderJson">The header as it was written: replies carry it on as their parent.</param>
/// <param name="ParentId">The message that this one answers; null when it answers none.</param>
internal sealed record Message(IReadOnlyList<byte[]> Identities, Header Header, byte[] HeaderJson, string? ParentId, JsonElement Content)
{
    public string Type => Header.MsgType;

    /// <summary>The content as what its type says.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public T As<T>() => (T)(Content.Deserialize(typeof(T), KernelJson.Default) ?? throw new JsonException($"The content of {Type} is null."));
}

/// <summary>The sockets of a kernel.</summary>
internal enum KernelChannel
{
    Shell,
    Control,
    Stdin,
    Iopub,
}
