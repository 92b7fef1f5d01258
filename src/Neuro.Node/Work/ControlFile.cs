using Neuro.Client.Api;

namespace Neuro.Node.Work;

/// <summary>What its owner wants of a node.</summary>
public enum NodeControl
{
    /// <summary>Take work.</summary>
    Run,

    /// <summary>Take no new work until told otherwise; the miner may run.</summary>
    Pause,

    /// <summary>Finish what is in hand, then stop.</summary>
    Drain,
}

/// <summary>A file in the node's folder by which its owner, and nobody else, tells it what to do: it outlives both sides, and a node that is away finds it later.</summary>
public static class ControlFile
{
    private const string FileName = "control";

    public static void Write(string folder, NodeControl control)
    {
        var path = Path.Combine(folder, FileName);
        if (control == NodeControl.Run)
        {
            File.Delete(path);
        }
        else
        {
            DataFolder.WriteSecret(path, control.ToString());
        }
    }

    /// <summary>What was last told; a file that nobody here wrote tells nothing.</summary>
    public static NodeControl Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) && Enum.TryParse<NodeControl>(File.ReadAllText(path), out var control) && Enum.IsDefined(control) ? control : NodeControl.Run;
        }
        catch (IOException)
        {
            return NodeControl.Run; // Taken away meanwhile.
        }
    }
}
