using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Neuro.Notebooks.Jupyter;

// The contents of messages by the names that the protocol gives them. What a client leaves out has the protocol's default; what it adds is ignored.

internal sealed record ExecuteRequest(
    string Code, bool Silent = false, bool StoreHistory = true, Dictionary<string, string>? UserExpressions = null, bool AllowStdin = true, bool StopOnError = true);

internal sealed record CompleteRequest(string Code, int CursorPos);

internal sealed record InspectRequest(string Code, int CursorPos, int DetailLevel = 0);

internal sealed record IsCompleteRequest(string Code);

internal sealed record HistoryRequest(
    string HistAccessType = "tail", bool Output = false, bool Raw = true, int Session = 0, int Start = 0, int? Stop = null, int? N = null, string? Pattern = null, bool Unique = false);

internal sealed record CommInfoRequest(string? TargetName = null);

internal sealed record CommContent(string CommId, string? TargetName = null, JsonElement? Data = null);

internal sealed record ShutdownContent(bool Restart = false, string Status = Statuses.Ok);

internal sealed record InputReply(string Value);

internal sealed record KernelInfoReply(
    string ProtocolVersion, string Implementation, string ImplementationVersion, LanguageInfo LanguageInfo, string Banner, HelpLink[] HelpLinks, bool Debugger = false, string Status = Statuses.Ok)
{
    public string[] SupportedFeatures { get; } = [];
}

internal sealed record LanguageInfo(string Name, string Version, string Mimetype, string FileExtension, string PygmentsLexer, string CodemirrorMode, string NbconvertExporter);

internal sealed record HelpLink(string Text, string Url);

internal sealed record ExecuteReply(int ExecutionCount, JsonObject UserExpressions, string Status = Statuses.Ok)
{
    public JsonArray Payload { get; } = [];
}

/// <summary>Why a request failed: the content of its reply, and of the published <c>error</c>.</summary>
internal sealed record ErrorContent(string Ename, string Evalue, IReadOnlyList<string> Traceback, int? ExecutionCount = null, string? Status = Statuses.Error);

internal sealed record StatusReply(string Status = Statuses.Ok);

internal sealed record CompleteReply(string[] Matches, int CursorStart, int CursorEnd, CompleteMetadata Metadata, string Status = Statuses.Ok);

/// <summary>Kinds and signatures of the matches, by the name that JupyterLab and IPython gave them.</summary>
internal sealed record CompleteMetadata([property: JsonPropertyName("_jupyter_types_experimental")] TypedMatch[] Types);

internal sealed record TypedMatch(string Text, string Type, int Start, int End, string? Signature);

internal sealed record InspectReply(bool Found, JsonObject Data, JsonObject Metadata, string Status = Statuses.Ok);

internal sealed record IsCompleteReply(string Status, string? Indent = null);

internal sealed record HistoryReply(JsonArray History, string Status = Statuses.Ok);

internal sealed record CommInfoReply(Dictionary<string, CommTarget> Comms, string Status = Statuses.Ok);

internal sealed record CommTarget(string TargetName);

internal sealed record StatusContent(string ExecutionState);

internal sealed record ExecuteInput(string Code, int ExecutionCount);

internal sealed record StreamContent(string Name, string Text);

/// <summary>A value that is shown, changed, or the result of a cell.</summary>
internal sealed record DisplayContent(JsonObject Data, JsonObject Metadata, Transient Transient, int? ExecutionCount = null);

internal sealed record Transient(string? DisplayId = null);

internal sealed record ClearOutputContent(bool Wait);

internal sealed record InputRequestContent(string Prompt, bool Password);

internal sealed record WelcomeContent(string Subscription);

internal static class Statuses
{
    public const string Ok = "ok", Error = "error", Aborted = "aborted";
}

/// <summary>Reads and writes headers and contents; made at compile time, which a kernel's start feels.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Header))]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(InspectRequest))]
[JsonSerializable(typeof(IsCompleteRequest))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(CommInfoRequest))]
[JsonSerializable(typeof(CommContent))]
[JsonSerializable(typeof(ShutdownContent))]
[JsonSerializable(typeof(InputReply))]
[JsonSerializable(typeof(KernelInfoReply))]
[JsonSerializable(typeof(ExecuteReply))]
[JsonSerializable(typeof(ErrorContent))]
[JsonSerializable(typeof(StatusReply))]
[JsonSerializable(typeof(CompleteReply))]
[JsonSerializable(typeof(InspectReply))]
[JsonSerializable(typeof(IsCompleteReply))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(CommInfoReply))]
[JsonSerializable(typeof(StatusContent))]
[JsonSerializable(typeof(ExecuteInput))]
[JsonSerializable(typeof(StreamContent))]
[JsonSerializable(typeof(DisplayContent))]
[JsonSerializable(typeof(ClearOutputContent))]
[JsonSerializable(typeof(InputRequestContent))]
[JsonSerializable(typeof(WelcomeContent))]
internal sealed partial class KernelJson : JsonSerializerContext;
