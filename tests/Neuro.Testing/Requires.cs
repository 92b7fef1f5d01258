namespace Neuro.Testing;

/// <summary>Skips a test on a machine that lacks a program, or fails it where NEURO_REQUIRE_ALL=1 says that nothing may be skipped.</summary>
public static class Requires
{
    /// <summary>The full path of <paramref name="name"/> on the PATH or in <paramref name="folders"/>; a skip naming <paramref name="install"/> when there is none.</summary>
    public static string Program(string name, string install, params string[] folders)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(folders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        True(found is not null, $"needs {name}: {install}");
        return found!;
    }

    /// <summary>Skips the test with <paramref name="reason"/> (one line that ends in what to install) unless <paramref name="condition"/> holds.</summary>
    public static void True(bool condition, string reason)
    {
        if (condition)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable("NEURO_REQUIRE_ALL") == "1")
        {
            Assert.Fail($"NEURO_REQUIRE_ALL=1 and this test would be skipped: {reason}");
        }

        Assert.Skip(reason);
    }

    /// <summary>Skips the test also where nothing may be skipped: what it needs is nowhere to be installed from on some machines (a GPU, a package that a distribution does not have).</summary>
    public static void AtHand(bool condition, string reason)
    {
        if (!condition)
        {
            Assert.Skip(reason);
        }
    }
}
