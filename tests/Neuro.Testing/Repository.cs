namespace Neuro.Testing;

/// <summary>The checkout that the tests run in.</summary>
public static class Repository
{
    /// <summary>The folder of Neuro.slnx.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Neuro.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Neuro.slnx above {AppContext.BaseDirectory}: the tests run from a checkout.");
    }
}
