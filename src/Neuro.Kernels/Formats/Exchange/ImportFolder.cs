using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace Neuro.Kernels.Formats.Exchange;

/// <summary>A folder that came from elsewhere: whatever its files name stays inside it, and no link is followed.</summary>
internal sealed class ImportFolder
{
    private const long MaxJson = 1L << 30;
    private const long MaxText = 64L << 20;
    private const int MaxDepth = 32;
    private const string Layout = "The layout";
    private static readonly string[] PictureKinds = [".jpg", ".jpeg", ".png", ".webp"];

    private readonly string root;
    private readonly HashSet<string> plainFolders = [];

    private ImportFolder(string root) => this.root = root;

    /// <exception cref="ExchangeException"><c>import.not_found</c>.</exception>
    public static ImportFolder Open(string root) => Directory.Exists(root)
        ? new ImportFolder(Path.GetFullPath(root))
        : throw new ExchangeException("import.not_found", $"There is no folder {root}.");

    public bool Has(string name) => File.Exists(Path.Combine(root, name)) || Directory.Exists(Path.Combine(root, name));

    /// <summary>The full path of a name that a file of the folder gave.</summary>
    /// <param name="name">Relative, with slashes.</param>
    /// <param name="from">The file that gave it.</param>
    /// <exception cref="ExchangeException"><c>import.outside</c>: it is absolute, leads out of the folder, or through a link.</exception>
    public string Resolve(string name, string from)
    {
        var parts = name.Split('/');
        if (name.Length is 0 or > 1024 || name.AsSpan().ContainsAny('\\', ':', '\0') || parts.Any(part => part is "" or "." or ".."))
        {
            throw new ExchangeException("import.outside", $"{from} names the file '{Shown(name)}'; only plain names inside the folder are read.");
        }

        var path = root;
        for (var at = 0; at < parts.Length; at++)
        {
            path = Path.Combine(path, parts[at]);
            if ((at == parts.Length - 1 || plainFolders.Add(path)) && new FileInfo(path).LinkTarget is not null)
            {
                plainFolders.Remove(path);
                throw new ExchangeException("import.outside", $"{from} names the file '{Shown(name)}', which is a link; only plain files are read.");
            }
        }

        return path;
    }

    /// <summary>The full path of a picture that must be there.</summary>
    /// <exception cref="ExchangeException"><c>import.outside</c>, <c>import.not_found</c>.</exception>
    public string Picture(string name, string from) => Resolve(name, from) is var path && File.Exists(path)
        ? path
        : throw new ExchangeException("import.not_found", $"{from} names the picture {Shown(name)}, which is not there.");

    /// <summary>The names of the plain files of a folder here, with slashes, in order; subfolders too if asked for. None where there is no such folder.</summary>
    public IReadOnlyList<string> Files(string folder, bool recursive, Func<string, bool> wanted, string from = Layout)
    {
        var path = folder.Length == 0 ? root : Resolve(folder, from);
        var options = new EnumerationOptions { RecurseSubdirectories = recursive, AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden, MaxRecursionDepth = 8 };
        return Directory.Exists(path)
            ? [.. Directory.EnumerateFiles(path, "*", options).Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/')).Where(wanted).Order(StringComparer.Ordinal)]
            : [];
    }

    public static bool IsPicture(string name) => PictureKinds.Contains(Path.GetExtension(name).ToLowerInvariant());

    /// <summary>A picture's size by its header.</summary>
    /// <exception cref="ExchangeException"><c>import.unreadable</c>.</exception>
    public (int Width, int Height) SizeOf(string path)
    {
        try
        {
            return Codec.SizeOf(path);
        }
        catch (PictureException none)
        {
            throw new ExchangeException("import.unreadable", none.Message, none);
        }
    }

    /// <summary>The lines of a text file, without their ends.</summary>
    public IEnumerable<string> Lines(string name) => Read(name, MaxText, file =>
    {
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
    });

    public JsonItem Json(string name) => Read(name, MaxJson, file =>
    {
        using var document = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return new JsonItem(document.RootElement.Clone(), name, "$");
    });

    /// <summary>An XML document; one with a document type, where entities are defined, is refused.</summary>
    public XElement Xml(string name) => Read(name, MaxText, file =>
    {
        using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxText });
        return XDocument.Load(reader).Root!;
    });

    private T Read<T>(string name, long most, Func<FileStream, T> read)
    {
        try
        {
            using var file = new FileStream(Resolve(name, Layout), FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return file.Length <= most ? read(file) : throw new ExchangeException("import.too_large", $"{name} is {file.Length:N0} bytes; at most {most:N0} are read.");
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ExchangeException("import.not_found", $"{root} holds no {name}.", absent);
        }
        catch (Exception wrong) when (wrong is JsonException or XmlException)
        {
            throw new ExchangeException("import.malformed", $"{name} is cut short or damaged: {wrong.Message}", wrong);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new ExchangeException("import.unreadable", $"{name} cannot be read: {refused.Message}", refused);
        }
    }

    private static string Shown(string name) => name.Length <= 80 ? name : name[..80] + "…";
}
