using System.Runtime.CompilerServices;

// ILGPU's CPU accelerator emits an assembly of this name that holds a kernel's parameters.
[assembly: InternalsVisibleTo("ILGPURuntime")]
