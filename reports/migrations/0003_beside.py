import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_publication'),
    ]

    operations = [
        migrations.AddField(
            model_name='snapshot',
            name='previous',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reports.snapshot'),
        ),
        migrations.AddField(
            model_name='obligationline',
            name='left_days',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='figureline',
            name='rates',
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name='TrendPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('applicable', models.PositiveIntegerField()),
                ('verified', models.PositiveIntegerField()),
                ('fell_due', models.PositiveIntegerField()),
                ('on_time', models.PositiveIntegerField()),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trend', to='reports.snapshot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'day'), name='trend_point_once')],
            },
        ),
        migrations.CreateModel(
            name='ContradictionLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_id', models.BigIntegerField()),
                ('code', models.CharField(max_length=40)),
                ('weight', models.PositiveSmallIntegerField()),
                ('label', models.CharField(max_length=200)),
                ('claim', models.TextField()),
                ('found', models.TextField()),
                ('expected', models.TextField()),
                ('found_on', models.DateField()),
                ('recurrence', models.PositiveIntegerField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contradictions', to='reports.obligationline')),
                ('snapshot', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contradictions', to='reports.snapshot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('snapshot', 'case_id'), name='contradiction_line_once'), models.CheckConstraint(condition=models.Q(models.Q(('claim', ''), _negated=True), models.Q(('found', ''), _negated=True)), name='contradiction_line_has_both_sides')],
            },
        ),
    ]
