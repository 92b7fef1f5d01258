namespace Neuro.Client.Data;

/// <summary>Bytes named by their SHA-256.</summary>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Name">A file name for people; the bytes are found by hash alone.</param>
public sealed record ArtifactRef(string Sha256, long Bytes, string Name, string MediaType);
