namespace Neuro.Interactive.Formatting;

/// <summary>The MIME types that outputs carry.</summary>
public static class MimeTypes
{
    public const string PlainText = "text/plain";
    public const string Html = "text/html";
    public const string Markdown = "text/markdown";
    public const string Svg = "image/svg+xml";
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";

    /// <summary>Progress of long work, <c>{"label","fraction","detail"}</c> with fraction 0 to 1 or null: a console draws it as a bar, and it is never written to a document.</summary>
    public const string Progress = "application/vnd.neuro.progress+json";
}
