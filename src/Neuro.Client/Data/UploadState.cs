namespace Neuro.Client.Data;

/// <summary>How far an upload in parts is.</summary>
/// <param name="Offset">So many bytes are safely there; the next part begins here.</param>
/// <param name="Complete">The artifact is there.</param>
/// <param name="LargestPart">Bytes.</param>
/// <param name="Address">Where the whole artifact can be put instead, without the platform, if it has a store for that; an empty last part at the artifact's end then asks the platform to look at it.</param>
public sealed record UploadState(long Offset, bool Complete, long LargestPart, Uri? Address = null);
