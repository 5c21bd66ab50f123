from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('loans', '0013_words_of_a_move'),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='waived_why',
            field=models.CharField(blank=True, db_default='', default='', help_text='Why it was not done, where that is allowed', max_length=300),
        ),
        migrations.AlterField(
            model_name='task',
            name='kind',
            field=models.CharField(choices=[('next_update', 'Promised update'), ('loan_estimate', 'Send the Loan Estimate'), ('six_items', 'Application complete under TRID'), ('call', 'Call'), ('letter', 'Look at a letter'), ('service_request', 'Service request'), ('unclear_text', 'A text that perhaps says stop'), ('paper_help', 'Help with a paper'), ('reply', 'Answer a message'), ('quiet_file', 'Quiet file'), ('numbers_call', 'Numbers call'), ('complaint', 'Complaint'), ('call_back', 'Call back'), ('bounced', 'A message came back')], max_length=16),
        ),
    ]
