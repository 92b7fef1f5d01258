using Neuro.Backend.Storage;

namespace Neuro.Backend.Nodes;

/// <summary>What keeps a node from finishing a shard, or speaks against it; the types of events of jobs and of marks of nodes.</summary>
internal static class Interruption
{
    /// <summary>It was not heard of until its lease ran out.</summary>
    public const string Silent = "lease_expired";

    /// <summary>It gave the shard back.</summary>
    public const string Returned = "returned";

    /// <summary>What it delivered was not what was ordered.</summary>
    public const string Rejected = "rejected";

    /// <summary>Another node, asked to help, was done first.</summary>
    public const string Outpaced = "outpaced";

    /// <summary>The shard's job ended.</summary>
    public const string JobEnded = "job_ended";

    /// <summary>It was caught cheating: it gets no more work, and what it has is given to others.</summary>
    public const string Barred = "barred";

    /// <summary>What it was paid for on trust turned out to be wrong.</summary>
    public const string FoundWrong = "found_wrong";

    /// <summary>An operator let it work again.</summary>
    public const string Readmitted = "readmitted";
}

/// <summary>Writes marks of nodes, in the transaction of what happened.</summary>
internal static class NodeMarks
{
    private const int LongestText = 300;

    /// <param name="text">For everybody: names no customer and no job.</param>
    /// <param name="job">For the node's owner alone.</param>
    public static void Add(NeuroDb db, string node, DateTimeOffset now, string type, string text, Guid? job = null, int? shard = null) =>
        db.NodeMarks.Add(new NodeMarkRow { NodeId = node, At = now, Type = type, Text = Words.Clip(text, LongestText), JobId = job, Shard = shard });
}
