// Stands in for the few types of .NET Interactive that the extension names, with the members that it uses; the real host is tried by Neuro.Interactive.HostTests.
using System.Text.Json;

namespace Microsoft.DotNet.Interactive
{
    using Commands;
    using Directives;

    public class Kernel
    {
        private static Kernel? root;

        public static Kernel Root => root ??= new();

        public Dictionary<string, (KernelActionDirective Directive, Type Command, Func<KernelDirectiveCommand, KernelInvocationContext, Task> Handler)> Added { get; } = [];

        public Dictionary<string, object?> Variables { get; } = [];

        public static Kernel Anew() => root = new();

        public void AddDirective<TCommand>(KernelActionDirective directive, Func<TCommand, KernelInvocationContext, Task> handler)
            where TCommand : KernelDirectiveCommand => Added.Add(directive.Name, (directive, typeof(TCommand), (command, context) => handler((TCommand)command, context)));

        public bool TryGetValue<T>(string name, out T? value)
        {
            var found = Variables.TryGetValue(name, out var any);
            value = found ? (T?)any : default;
            return found;
        }

        public Task SetValueAsync(string name, object? value, Type? declaredType = null)
        {
            Variables[name] = value;
            return Task.CompletedTask;
        }

        /// <summary>As the host does: the arguments become JSON, which becomes the directive's command.</summary>
        public async Task<KernelInvocationContext> InvokeAsync(string directive, object given)
        {
            var (_, type, handler) = Added[directive];
            var json = JsonSerializer.SerializeToNode(given, JsonSerializerOptions.Web)!.AsObject();
            json["invokedDirective"] = directive;
            json["targetKernelName"] = ".NET";
            var context = new KernelInvocationContext(this);
            await handler((KernelDirectiveCommand)json.Deserialize(type, JsonSerializerOptions.Web)!, context);
            return context;
        }
    }

    public sealed class KernelInvocationContext(Kernel kernel)
    {
        public static KernelInvocationContext Current => new(Kernel.Root);

        public Kernel HandlingKernel => kernel;

        public CancellationToken CancellationToken => TestContext.Current.CancellationToken;

        public List<object> Displayed { get; } = [];

        public string? Failure { get; private set; }

        public void Fail(KernelCommand command, Exception? exception = null, string? message = null) => Failure = message;
    }

    public static class KernelInvocationContextExtensions
    {
        public static DisplayedValue Display(this KernelInvocationContext context, object value, string? mimeType = null)
        {
            context.Displayed.Add(value);
            return new(context, context.Displayed.Count - 1);
        }
    }

    public sealed class DisplayedValue(KernelInvocationContext context, int at)
    {
        public void Update(object updatedValue) => context.Displayed[at] = updatedValue;
    }
}

namespace Microsoft.DotNet.Interactive.Commands
{
    public abstract class KernelCommand
    {
        public string? TargetKernelName { get; set; }
    }

    public abstract class KernelDirectiveCommand : KernelCommand;
}

namespace Microsoft.DotNet.Interactive.Directives
{
    public sealed class KernelActionDirective(string name)
    {
        public string Name { get; } = name;

        public string? Description { get; init; }

        public ICollection<KernelDirectiveParameter> Parameters { get; } = [];
    }

    public sealed class KernelDirectiveParameter(string name, string? description = null)
    {
        private readonly List<Func<IEnumerable<string>>> sources = [];

        public string Name { get; } = name;

        public string? Description { get; } = description;

        public bool AllowImplicitName { get; init; }

        public bool Flag { get; set; }

        public IEnumerable<string> Completions => sources.SelectMany(source => source());

        public KernelDirectiveParameter AddCompletions(Func<IEnumerable<string>> getCompletions)
        {
            sources.Add(getCompletions);
            return this;
        }
    }
}
