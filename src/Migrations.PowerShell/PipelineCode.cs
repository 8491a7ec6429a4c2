using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Migrations.PowerShell;

/// <summary>
/// Runs migrations and hooks that are written in PowerShell: on the pipeline's thread, while the engine waits on its own.
/// </summary>
/// <param name="cmdlet">The cmdlet.</param>
/// <param name="queue">The way to the pipeline's thread.</param>
internal sealed class PipelineCode(PSCmdlet cmdlet, WriteQueue queue) : ICodeHost, IRequiredParts
{
    private static readonly string[] OfMigration = ["Connection", "Transaction", "Variables"];
    private static readonly string[] OfHook = ["Plan", "Result", "Failure", .. OfMigration, "migration", "direction", "run_id"];

    private static readonly ScriptBlock FindModule = ScriptBlock.Create(
        """
        param($specification)
        (Microsoft.PowerShell.Core\Get-Module -FullyQualifiedName $specification) ??
            (Microsoft.PowerShell.Core\Get-Module -ListAvailable -FullyQualifiedName $specification -Verbose:$false)
        """
    );

    /// <inheritdoc/>
    public Version Version =>
        (cmdlet.SessionState.PSVariable.GetValue("PSVersionTable") as IDictionary)?["PSVersion"] is { } version
        && LanguagePrimitives.TryConvertTo<Version>(version, out var here)
            ? here
            : typeof(PSObject).Assembly.GetName().Version!;

    /// <inheritdoc/>
    public bool IsElevated => Environment.IsPrivilegedProcess;

    /// <inheritdoc/>
    public bool HasModule(ModuleSpecification module)
    {
        var isThere = false;
        Run(() => isThere = FindModule.Invoke(module).Any(m => m is not null));
        return isThere;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileProblem> Check(MigrationScript script) =>
        script.Code!.IsWhole
            ? new CodeFileCheck(script.File, script.Code.Text, OfHook).Find([], this)
            : new CodeFileCheck(script.File, script.Code.Text, OfMigration).Find(["up", "down"], this);

    /// <inheritdoc/>
    public Task RunAsync(MigrationScript script, CodeContext context)
    {
        var block = new PipelineBlock(cmdlet, script.File, script.Code!.Text);
        Run(() =>
            block.Run(
                context.Direction == MigrationDirection.Up ? "up" : "down",
                new Dictionary<string, object?>(StringComparer.Ordinal)
                {
                    ["Connection"] = context.Connection,
                    ["Transaction"] = context.Transaction,
                    ["Variables"] = Table(context.Variables),
                }
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RunHookAsync(MigrationScript script, HookContext context)
    {
        var block = new PipelineBlock(cmdlet, script.File, script.Code!.Text);
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Plan"] = context.Plan.ToArray(),
            ["Result"] = context.Results.ToArray(),
            ["Failure"] = context.Failure,
            ["Connection"] = context.Connection,
            ["Transaction"] = context.Transaction,
            ["Variables"] = Table(context.Variables),
            // As hooks in SQL spell them: PowerShell reads ${run_id} so.
            ["migration"] = context.Migration,
            ["direction"] = context.Direction == MigrationDirection.Up ? "up" : "down",
            ["run_id"] = context.RunId.ToString(),
        };
        Run(() => block.Run(function: null, variables));
        return Task.CompletedTask;
    }

    private static Hashtable Table(IReadOnlyDictionary<string, string> variables)
    {
        var table = new Hashtable(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
            table[name] = value;
        return table;
    }

    /// <summary>Runs a block on the pipeline's thread and waits for it.</summary>
    /// <exception cref="CodeException">It failed.</exception>
    /// <exception cref="OperationCanceledException">The pipeline is stopping.</exception>
    public void Run(Action block)
    {
        CodeException? failure = null;
        var isDone = false;
        // What is known of the work that waits goes along: on which database it is.
        var place = ExecutionContext.Capture();
        queue.PostAndWait(() =>
        {
            try
            {
                if (place is null)
                    block();
                else
                    ExecutionContext.Run(place, _ => block(), state: null);
                isDone = true;
            }
            catch (CodeException e)
            {
                failure = e;
            }
        });
        if (failure is not null)
            throw failure;
        if (!isDone)
            throw new OperationCanceledException("The pipeline is stopping.");
    }
}
