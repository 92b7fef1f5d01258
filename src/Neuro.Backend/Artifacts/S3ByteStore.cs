using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;
using Neuro.Client.Api;

namespace Neuro.Backend.Artifacts;

/// <summary>Objects in a bucket of an S3-compatible store.</summary>
internal sealed class S3ByteStore : IByteStore, IDisposable
{
    private static readonly int AddressSeconds = (int)IByteStore.AddressTime.TotalSeconds;
    private readonly IMinioClient client;
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly S3Options options;

    public S3ByteStore(S3Options options)
    {
        this.options = options;
        client = new MinioClient().WithEndpoint(options.Endpoint.Authority).WithSSL(options.Endpoint.Scheme == "https")
            .WithCredentials(options.AccessKey, options.SecretKey).WithRegion(options.Region).Build();
    }

    public async Task PutAsync(string stored, FileStream file, string mediaType, CancellationToken cancel)
    {
        file.Position = 0;
        var put = new PutObjectArgs().WithBucket(options.Bucket).WithObject(stored).WithStreamData(file).WithObjectSize(file.Length).WithContentType(mediaType);
        await AskAsync(() => client.PutObjectAsync(put, cancel));
        File.Delete(file.Name);
    }

    // By an address of its own: Minio 7.0.0 takes the answer to a range, 206, for a failure.
    public Task<Stream> OpenAsync(string stored, long offset, CancellationToken cancel) => AskAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, await AddressToGetAsync(stored));
        request.Headers.Range = offset > 0 ? new(offset, null) : null;
        var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadAsStreamAsync(cancel);
    });

    public async Task<bool> ExistsAsync(string stored, CancellationToken cancel) => await SizeAsync(stored, cancel) is not null;

    public Task DeleteAsync(string stored, CancellationToken cancel) =>
        AskAsync(() => client.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(options.Bucket).WithObject(stored), cancel));

    public string? PathOf(string stored) => null;

    public async Task<Uri?> AddressToGetAsync(string stored) =>
        new(await client.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket(options.Bucket).WithObject(stored).WithExpiry(AddressSeconds)));

    public async Task<Uri?> AddressToPutAsync(string stored) =>
        new(await client.PresignedPutObjectAsync(new PresignedPutObjectArgs().WithBucket(options.Bucket).WithObject(stored).WithExpiry(AddressSeconds)));

    public async Task<bool> RenameAsync(string from, string to, long bytes, CancellationToken cancel)
    {
        if (await SizeAsync(from, cancel) != bytes)
        {
            return false;
        }

        var source = new CopySourceObjectArgs().WithBucket(options.Bucket).WithObject(from);
        await AskAsync(() => client.CopyObjectAsync(new CopyObjectArgs().WithBucket(options.Bucket).WithObject(to).WithCopyObjectSource(source), cancel));
        await DeleteAsync(from, cancel);
        return true;
    }

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    private async Task<long?> SizeAsync(string stored, CancellationToken cancel)
    {
        try
        {
            return await AskAsync(async () => (long?)(await client.StatObjectAsync(new StatObjectArgs().WithBucket(options.Bucket).WithObject(stored), cancel)).Size);
        }
        catch (NeuroException missing) when (missing.InnerException is ObjectNotFoundException)
        {
            return null;
        }
    }

    private Task AskAsync(Func<Task> ask) => AskAsync(async () =>
    {
        await ask();
        return true;
    });

    // What the store answers may name keys and signatures: only its kind of trouble goes into the sentence. Minio 7.0.0 also throws what is none of its own, on
    // answers that it cannot read.
    private async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception failure) when (failure is not (NeuroException or OperationCanceledException))
        {
            throw new NeuroException("artifact.store_failed",
                $"The store {options} did not do what it was asked ({failure.GetType().Name}). Check that it runs, that the bucket is there and that its keys are right; then try again.", failure) { Status = 503 };
        }
    }
}
