namespace Neuro.Kernels.Formats;

/// <summary>What a disk refuses, in our words.</summary>
internal static class Disk
{
    /// <exception cref="ShardException"><c>shard.disk_full</c>, <c>shard.unwritable</c>.</exception>
    public static T Write<T>(string path, Func<T> write)
    {
        // ENOSPC and ERROR_DISK_FULL, the two ways a runtime reports it.
        const int NoSpaceUnix = 28;
        const int NoSpaceWindows = 112;
        try
        {
            return write();
        }
        catch (IOException full) when ((full.HResult & 0xFFFF) is NoSpaceUnix or NoSpaceWindows)
        {
            throw new ShardException("shard.disk_full", $"{path} cannot be written: the disk is full. Free some space or choose another folder; nothing half-written is left.", full);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ShardException("shard.unwritable", $"{path} cannot be written: {refused.Message}", refused);
        }
    }
}
