using Neuro.Kernels.Recipes;

namespace Neuro.Kernels.Tests.Catalogues;

/// <summary>The bundled catalogue, and a folder that goes away.</summary>
internal static class CornerShop
{
    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "datasets", "corner-shop");

    public static Catalogue Catalogue { get; } = Catalogue.Load(Folder);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Neuro.slnx")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} lies in no clone of the repository.");
        }

        return folder.FullName;
    }
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("neuro-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(File(name))!);
        System.IO.File.WriteAllBytes(File(name), bytes);
    }

    public void Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
