using System.Collections;
using System.Reflection;
using Neuro.Interactive.Magics;

namespace Neuro.Interactive.DotNetInteractive;

/// <summary>A notebook of .NET Interactive as magics see one.</summary>
internal sealed class ForeignHost(ForeignVariables variables, Func<object, Action<object>> display, CancellationToken cancel) : IMagicHost
{
    public CancellationToken Cancellation => cancel;

    public IReadOnlyCollection<string> VariableNames => variables.Names;

    public IDisplayHandle Display(object? value) => new Shown(display(value ?? "null"));

    public bool TryGetVariable(string name, out object? value) => variables.TryGet(name, out value);

    public void SetVariable(string name, object? value) => variables.Set(name, value);

    public Task RunAsync(MagicBody code) => throw NotHere();

    public Task<string?> AskAsync(string prompt) => throw NotHere();

    public Task ImportAsync(string file) => throw NotHere();

    private static MagicException NotHere() => new("magic.not_here", "In .NET Interactive its own magics run code, ask and import.");

    private sealed class Shown(Action<object> update) : IDisplayHandle
    {
        public void Update(object? value) => update(value ?? "null");
    }
}

/// <summary>The variables of a C# kernel of .NET Interactive.</summary>
/// <remarks>By the names of its members: <c>TryGetValue&lt;T&gt;</c>, <c>SetValueAsync</c>, <c>ScriptState.Variables</c>.</remarks>
internal sealed class ForeignVariables(object kernel)
{
    private readonly MethodInfo? get = kernel.GetType().GetMethods()
        .FirstOrDefault(method => method is { Name: "TryGetValue", IsGenericMethodDefinition: true } && method.GetParameters().Length == 2)?
        .MakeGenericMethod(typeof(object));
    private readonly MethodInfo? set = kernel.GetType().GetMethod("SetValueAsync", [typeof(string), typeof(object), typeof(Type)]);

    public IReadOnlyCollection<string> Names =>
        Property(Property(kernel, "ScriptState"), "Variables") is IEnumerable variables
            ? [.. variables.Cast<object>().Select(variable => Property(variable, "Name") as string).OfType<string>().Distinct()]
            : [];

    public bool TryGet(string name, out object? value)
    {
        object?[] arguments = [name, null];
        var found = get?.Invoke(kernel, arguments) is true;
        value = arguments[1];
        return found;
    }

    /// <exception cref="MagicException"><c>magic.not_here</c></exception>
    public void Set(string name, object? value)
    {
        var setting = set ?? throw new MagicException("magic.not_here", $"{kernel.GetType().Name} takes no variables, so {name} was not set.");
        // Off this thread: the kernel may want to come back to it.
        Task.Run(() => (Task)setting.Invoke(kernel, [name, value, value?.GetType() ?? typeof(object)])!).GetAwaiter().GetResult();
    }

    private static object? Property(object? of, string name) => of?.GetType().GetProperty(name)?.GetValue(of);
}
