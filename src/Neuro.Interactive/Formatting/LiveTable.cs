namespace Neuro.Interactive.Formatting;

/// <summary>A frame as a table that reads without a script: statistics of its columns fold out below. Where scripts run, heads sort and a field filters.</summary>
internal static class LiveTable
{
    private const int FewRows = 5;

    private static readonly string[] Measures = ["column", "values", "different", "least", "mean", "greatest", "most common"];

    /// <summary>Makes every frame on the page live that is not yet; a report takes it out again, as it does all scripts.</summary>
    private const string Script = """
        <script>(function(){document.querySelectorAll('.neuro-live:not([data-live])').forEach(function(frame){
        frame.setAttribute('data-live','');
        var table=frame.querySelector('table'),body=table.tBodies[0],rows=[].slice.call(body.rows),heads=[].slice.call(table.tHead.rows[0].cells);
        var box=document.createElement('input'),said=document.createElement('span');
        box.type='search';box.placeholder='filter rows';box.setAttribute('aria-label','Filter rows');
        said.setAttribute('role','status');said.className='neuro-quiet';said.style.marginLeft='.6em';
        box.addEventListener('keydown',function(event){event.stopPropagation()});
        box.addEventListener('input',function(){var words=box.value.toLowerCase().split(' '),shown=0;
        rows.forEach(function(row){var text=row.textContent.toLowerCase(),fits=words.every(function(word){return text.indexOf(word)>=0});row.hidden=!fits;shown+=fits});
        said.textContent=box.value?shown+' of '+rows.length+' rows':''});
        frame.insertBefore(said,frame.firstChild);frame.insertBefore(box,said);
        heads.forEach(function(head,column){var button=document.createElement('button');
        button.type='button';button.textContent=head.textContent;button.title='sort';button.style.cssText='all:unset;cursor:pointer;text-decoration:underline dotted';
        button.addEventListener('focus',function(){button.style.outline='2px solid currentColor'});button.addEventListener('blur',function(){button.style.outline=''});
        head.textContent='';head.appendChild(button);
        button.addEventListener('click',function(){var falls=head.getAttribute('aria-sort')==='ascending';
        heads.forEach(function(other){other.removeAttribute('aria-sort');other.firstChild.textContent=other.firstChild.textContent.replace(/ [▲▼]$/,'')});
        head.setAttribute('aria-sort',falls?'descending':'ascending');button.textContent+=falls?' ▼':' ▲';
        var text=function(row){var cell=row.cells[column].textContent;return cell==='null'?'':cell};
        var numbers=rows.every(function(row){return text(row)===''||!isNaN(text(row))});
        rows.sort(function(a,b){var x=text(a),y=text(b);if(x===''||y==='')return (x==='')-(y==='');
        return (numbers?x-y:x.localeCompare(y,undefined,{numeric:true}))*(falls?-1:1)});
        rows.forEach(function(row){body.appendChild(row)})})})})})()</script>
        """;

    public static Html ToHtml(Tabular frame, IReadOnlyList<object?[]> shown)
    {
        var table = HtmlParts.Table(frame.Caption, frame.Columns, shown);
        if (frame.Rows.Count <= FewRows)
        {
            return table;
        }

        var read = $"Statistics of {(frame.Whole ? "all" : "the first")} {Wording.Count(frame.Rows.Count)} rows";
        var cut = frame.Rows.Count > Tabular.MostShown
            ? Html.Of($"<p class=\"neuro-quiet\" style=\"margin:.2em 0\">The first {Tabular.MostShown} rows are shown.</p>")
            : Html.Empty;
        var statistics = CardParts.Fold(read, HtmlParts.Table("Columns", Measures, frame.Statistics()));
        return Html.Of($"""<div class="neuro-live" style="overflow-x:auto">{table}{cut}{statistics}{Html.Raw(Script)}</div>""");
    }
}
