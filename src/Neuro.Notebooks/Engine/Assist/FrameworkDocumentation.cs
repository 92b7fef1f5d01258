using System.Globalization;
using System.Xml;
using Microsoft.CodeAnalysis;

namespace Neuro.Notebooks.Engine.Assist;

/// <summary>The documentation of .NET's own types, which lies in the SDK's reference pack: there under the name of the public assembly, not of the one that runs.</summary>
internal static class FrameworkDocumentation
{
    private static readonly Lazy<string?> Pack = new(Find);

    /// <summary>The reference with its documentation, where there is one.</summary>
    public static MetadataReference Of(MetadataReference reference)
    {
        if (reference is not PortableExecutableReference { FilePath: { } path } file)
        {
            return reference;
        }

        var beside = Path.ChangeExtension(path, ".xml");
        string[] files = File.Exists(beside) ? [beside] : Pack.Value is { } pack && IsFramework(path) ? [Path.Combine(pack, Path.GetFileName(beside)), Path.Combine(pack, "System.Runtime.xml")] : [];
        var found = files.Where(File.Exists).Distinct().ToList();
        return found.Count == 0 ? reference : ((AssemblyMetadata)file.GetMetadata()).GetReference(new Files(found), filePath: path, display: path);
    }

    private static bool IsFramework(string path) => Path.GetDirectoryName(path) == Path.GetDirectoryName(typeof(object).Assembly.Location);

    /// <summary>…/shared/Microsoft.NETCore.App/10.0.1 has its pack in …/packs/Microsoft.NETCore.App.Ref/10.0.x.</summary>
    private static string? Find()
    {
        var packs = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref");
        return Directory.Exists(packs)
            ? Directory.GetDirectories(packs, $"{Environment.Version.Major}.*").Order(StringComparer.Ordinal).Select(version => Path.Combine(version, "ref", $"net{Environment.Version.Major}.0")).LastOrDefault(Directory.Exists)
            : null;
    }

    /// <summary>The members of documentation files by their documentation ids, read when first asked for.</summary>
    private sealed class Files(IReadOnlyList<string> paths) : DocumentationProvider
    {
        private readonly Lazy<Dictionary<string, string>> members = new(() => Read(paths));

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

        protected override string GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
            members.Value.GetValueOrDefault(documentationMemberID, "");

        private static Dictionary<string, string> Read(IReadOnlyList<string> paths)
        {
            var read = new Dictionary<string, string>();
            foreach (var path in paths)
            {
                using var xml = XmlReader.Create(path, new() { DtdProcessing = DtdProcessing.Prohibit });
                while (xml.ReadToFollowing("member"))
                {
                    if (xml.GetAttribute("name") is { } name)
                    {
                        read.TryAdd(name, xml.ReadOuterXml());
                    }
                }
            }

            return read;
        }
    }
}
