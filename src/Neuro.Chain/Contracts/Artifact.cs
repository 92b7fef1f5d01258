using System.Text.Json;
using Neuro.Chain.Coding;
using Neuro.Client.Api;

namespace Neuro.Chain.Contracts;

/// <summary>A contract as its compiler wrote it: <c>contracts/artifacts/NAME.json</c>, inside this assembly.</summary>
public sealed record Artifact(string Name, ContractAbi Abi, ReadOnlyMemory<byte> Bytecode)
{
    /// <summary>Reads one of ours.</summary>
    /// <exception cref="NeuroException"><c>contracts.missing</c>: it was not there when this was built.</exception>
    public static Artifact Load(string name)
    {
        var json = Read($"artifacts/{name}.json");
        using var document = JsonDocument.Parse(json);
        return new(name, ContractAbi.Parse(json), Hex.Bytes(document.RootElement.GetProperty("bytecode").GetString()!));
    }

    /// <summary>The data of a transaction that makes the contract.</summary>
    public byte[] Deploying(params object[] arguments) => [.. Bytecode.Span, .. Coding.Abi.Encode([.. Abi.Constructor.Select(parameter => parameter.Type)], arguments)];

    internal static string Read(string resource)
    {
        using var stream = typeof(Artifact).Assembly.GetManifestResourceStream(resource)
            ?? throw new NeuroException("contracts.missing",
                $"contracts/{resource} was not there when this was built. Build from a checkout that has the folder contracts/.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
