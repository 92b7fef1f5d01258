namespace Neuro.Backend.Artifacts;

/// <summary>
/// Where the bytes of artifacts lie: files in the data folder, or a bucket of an S3-compatible store. It knows names and bytes, and neither hashes nor owners.
/// </summary>
internal interface IByteStore
{
    /// <summary>How long an address may be used.</summary>
    static readonly TimeSpan AddressTime = TimeSpan.FromHours(1);

    /// <summary>Takes a file that is whole, checked, flushed and open for its caller alone; afterwards it is no longer where it was.</summary>
    Task PutAsync(string stored, FileStream file, string mediaType, CancellationToken cancel);

    /// <summary>The bytes from <paramref name="offset"/> on.</summary>
    Task<Stream> OpenAsync(string stored, long offset, CancellationToken cancel);

    Task<bool> ExistsAsync(string stored, CancellationToken cancel);

    /// <summary>Deletes it; nothing happens when it is not there.</summary>
    Task DeleteAsync(string stored, CancellationToken cancel);

    /// <summary>The file itself; null where there are no files.</summary>
    string? PathOf(string stored);

    /// <summary>An address from which anyone may get the bytes; null where there are no such addresses.</summary>
    Task<Uri?> AddressToGetAsync(string stored);

    /// <summary>
    /// An address to which anyone may put bytes; null where there are no such addresses. What is put there is a stranger's, and must not be handed out under this
    /// name: they may put something else.
    /// </summary>
    Task<Uri?> AddressToPutAsync(string stored);

    /// <summary>Gives what was put there another name, to which nobody has an address; false when it is not there or has another size.</summary>
    Task<bool> RenameAsync(string from, string to, long bytes, CancellationToken cancel);
}
